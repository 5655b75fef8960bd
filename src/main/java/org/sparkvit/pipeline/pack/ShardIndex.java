package org.sparkvit.pipeline.pack;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.Serializable;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.column.page.PageReadStore;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.example.data.simple.convert.GroupRecordConverter;
import org.apache.parquet.format.Encoding;
import org.apache.parquet.format.PageHeader;
import org.apache.parquet.format.PageType;
import org.apache.parquet.format.Util;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.metadata.BlockMetaData;
import org.apache.parquet.hadoop.metadata.ColumnChunkMetaData;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.hadoop.util.HadoopInputFile;
import org.apache.parquet.internal.column.columnindex.OffsetIndex;
import org.apache.parquet.io.ColumnIOFactory;
import org.apache.parquet.io.InputFile;
import org.apache.parquet.io.RecordReader;
import org.apache.parquet.io.SeekableInputStream;
import org.apache.parquet.schema.MessageType;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.util.SerializableConfiguration;
import org.sparkvit.core.StableHash;
import org.sparkvit.core.UserException;
import org.sparkvit.dataset.schema.PackedTable;

/**
 * Finds out where in a shard each image is, by reading it: what is found is compared with the
 * catalog's hash, so a place that this gives is right whatever wrote the file.
 *
 * @param configuration for the file system
 */
record ShardIndex(SerializableConfiguration configuration) implements Serializable {

  /**
   * All images of a shard, a row group at a time.
   *
   * @param folder URI of the workspace
   * @param shard relative to it
   * @return rows of {@link PackedTable}
   * @throws UserException when an image is not in one piece in it, or is another one
   */
  Iterator<Row> of(String folder, String shard) {
    List<Row> rows = new ArrayList<>();
    try {
      InputFile file =
          HadoopInputFile.fromPath(new Path(folder + "/" + shard), configuration.value());
      try (ParquetFileReader reader = ParquetFileReader.open(file);
          SeekableInputStream in = file.newStream()) {
        MessageType schema = reader.getFileMetaData().getSchema();
        boolean optional =
            schema.getMaxDefinitionLevel(PackedTable.CONTENT) > 0; // then levels precede the values
        MessageType keys =
            new MessageType(
                schema.getName(),
                schema.getType(PackedTable.ID),
                schema.getType(PackedTable.SHA256));
        reader.setRequestedSchema(keys);
        for (BlockMetaData group : reader.getRowGroups()) {
          ColumnChunkMetaData content = column(group);
          RecordReader<Group> images = records(reader.readNextRowGroup(), keys);
          OffsetIndex pages = reader.readOffsetIndex(content);
          if (content.getCodec() != CompressionCodecName.UNCOMPRESSED || pages == null) {
            throw unusable(shard, "is compressed, or has no offset index");
          }
          long found = 0;
          for (int i = 0; i < pages.getPageCount(); i++) {
            in.seek(pages.getOffset(i));
            byte[] page = new byte[pages.getCompressedPageSize(i)];
            in.readFully(page);
            found += addPage(shard, pages.getOffset(i), page, optional, images, rows);
          }
          if (found != group.getRowCount()) {
            throw unusable(shard, "has " + found + " images in " + group.getRowCount() + " rows");
          }
        }
      }
    } catch (IOException e) {
      throw new UserException(
          "shard '" + shard + "' cannot be read back: " + e.getMessage() + "; run pack again", e);
    }
    return rows.iterator();
  }

  private static ColumnChunkMetaData column(BlockMetaData group) {
    return group.getColumns().stream()
        .filter(column -> column.getPath().toDotString().equals(PackedTable.CONTENT))
        .findFirst()
        .orElseThrow();
  }

  private static RecordReader<Group> records(PageReadStore pages, MessageType schema) {
    return new ColumnIOFactory()
        .getColumnIO(schema)
        .getRecordReader(pages, new GroupRecordConverter(schema));
  }

  /** Adds the images of one page, and says how many. */
  private static int addPage(
      String shard,
      long start,
      byte[] page,
      boolean optional,
      RecordReader<Group> images,
      List<Row> rows)
      throws IOException {
    ByteArrayInputStream in = new ByteArrayInputStream(page);
    PageHeader header = Util.readPageHeader(in);
    if (header.getType() != PageType.DATA_PAGE
        || header.getData_page_header().getEncoding() != Encoding.PLAIN) {
      throw unusable(shard, "has pages in an encoding other than PLAIN");
    }
    ByteBuffer values = ByteBuffer.wrap(page).order(ByteOrder.LITTLE_ENDIAN);
    values.position(page.length - in.available());
    if (optional) {
      int levels = values.getInt();
      values.position(values.position() + levels);
    }
    int count = header.getData_page_header().getNum_values();
    for (int i = 0; i < count; i++) {
      int length = values.getInt();
      Group image = images.read();
      String id = image.getString(PackedTable.ID, 0);
      String sha256 = image.getString(PackedTable.SHA256, 0);
      long offset = start + values.position();
      byte[] content = new byte[length];
      values.get(content);
      if (!StableHash.sha256(content).equals(sha256)) {
        throw unusable(shard, "does not hold what was written of image " + id);
      }
      rows.add(RowFactory.create(id, sha256, shard, offset, (long) length));
    }
    return count;
  }

  private static UserException unusable(String shard, String problem) {
    return new UserException(
        "shard '"
            + shard
            + "' "
            + problem
            + ", so it is not used and images stay where they are; run pack again, and if it comes"
            + " back, with another Parquet writer than this cluster's");
  }
}
