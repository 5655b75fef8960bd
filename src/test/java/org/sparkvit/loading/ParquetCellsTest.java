package org.sparkvit.loading;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.EOFException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.column.ParquetProperties.WriterVersion;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.example.data.simple.SimpleGroup;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.example.ExampleParquetWriter;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.hadoop.util.HadoopInputFile;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.MessageTypeParser;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.sparkvit.core.ImageStatus;

class ParquetCellsTest {
  private static final Configuration HADOOP = new Configuration(false);
  private static final MessageType NESTED =
      MessageTypeParser.parseMessageType(
          "message m { optional group image { optional binary bytes; optional binary path (STRING);"
              + " } optional int64 label; }");
  private static final MessageType FLAT =
      MessageTypeParser.parseMessageType("message m { required binary content; }");

  @TempDir private Path temp;

  /** The reads of pages, as bytes of the file. */
  private final List<long[]> reads = new ArrayList<>();

  private final ParquetCells cells = new ParquetCells(HADOOP, this::range);

  private byte[] range(org.apache.hadoop.fs.Path file, long start, int length) throws IOException {
    byte[] all = Files.readAllBytes(Path.of(file.toUri().getPath()));
    if (start + length > all.length) {
      throw new EOFException();
    }
    reads.add(new long[] {start, length});
    return Arrays.copyOfRange(all, (int) start, (int) start + length);
  }

  /** Contents of different sizes, some equal, so that dictionaries are worth it, some null. */
  private static List<byte[]> contents(int number, boolean nulls) {
    List<byte[]> contents = new ArrayList<>();
    for (int i = 0; i < number; i++) {
      byte[] content = new byte[100 + i % 7 * 300];
      new Random(i % 50).nextBytes(content);
      contents.add(nulls && i % 11 == 3 ? null : content);
    }
    return contents;
  }

  private Path write(
      String name,
      MessageType type,
      WriterVersion version,
      CompressionCodecName codec,
      boolean dictionary,
      List<byte[]> contents)
      throws IOException {
    Path file = temp.resolve(name);
    Files.deleteIfExists(file);
    try (ParquetWriter<Group> writer =
        ExampleParquetWriter.builder(new org.apache.hadoop.fs.Path(file.toUri()))
            .withType(type)
            .withConf(HADOOP)
            .withWriterVersion(version)
            .withCompressionCodec(codec)
            .withDictionaryEncoding(dictionary)
            .withRowGroupSize(60_000L)
            .withPageSize(8_000)
            .withMinRowCountForPageSizeCheck(5)
            .withMaxRowCountForPageSizeCheck(10)
            .build()) {
      for (byte[] content : contents) {
        Group row = new SimpleGroup(type);
        if (type.equals(FLAT)) {
          row.add(0, Binary.fromConstantByteArray(content));
        } else if (content == null) {
          row.add("label", 1L);
        } else {
          row.addGroup(0).append("bytes", Binary.fromConstantByteArray(content));
        }
        writer.write(row);
      }
    }
    return file;
  }

  private Path plain(String name, int rows) throws IOException {
    return write(
        name,
        FLAT,
        WriterVersion.PARQUET_1_0,
        CompressionCodecName.UNCOMPRESSED,
        false,
        contents(rows, false));
  }

  private static int rowGroups(Path file) throws IOException {
    try (ParquetFileReader reader =
        ParquetFileReader.open(
            HadoopInputFile.fromPath(new org.apache.hadoop.fs.Path(file.toUri()), HADOOP))) {
      return reader.getRowGroups().size();
    }
  }

  private byte[] read(Path file, String column, long row) throws IOException {
    return cells.read(new ParquetCell(file.toUri().toString(), column, row));
  }

  @ParameterizedTest
  @CsvSource({
    "PARQUET_1_0, UNCOMPRESSED, false",
    "PARQUET_1_0, UNCOMPRESSED, true",
    "PARQUET_1_0, SNAPPY, false",
    "PARQUET_1_0, SNAPPY, true",
    "PARQUET_1_0, ZSTD, false",
    "PARQUET_1_0, GZIP, true",
    "PARQUET_2_0, UNCOMPRESSED, false",
    "PARQUET_2_0, UNCOMPRESSED, true",
    "PARQUET_2_0, SNAPPY, false",
    "PARQUET_2_0, SNAPPY, true",
    "PARQUET_2_0, ZSTD, false",
    "PARQUET_2_0, ZSTD, true",
  })
  void everyCellOfEveryFormIsWhatWasWritten(
      WriterVersion version, CompressionCodecName codec, boolean dictionary) throws IOException {
    for (boolean nested : new boolean[] {true, false}) {
      List<byte[]> contents = contents(400, nested);
      Path file = write("a.parquet", nested ? NESTED : FLAT, version, codec, dictionary, contents);
      assertThat(rowGroups(file)).isGreaterThan(1);
      String column = nested ? "image.bytes" : "content";
      List<Integer> order = new ArrayList<>();
      for (int i = 0; i < contents.size(); i++) {
        order.add(i);
      }
      for (int pass = 0; pass < 2; pass++) {
        for (int i : order) {
          if (contents.get(i) != null) {
            assertThat(read(file, column, i)).as("row %d", i).isEqualTo(contents.get(i));
          } else {
            assertThatThrownBy(() -> read(file, column, i))
                .isInstanceOfSatisfying(
                    CellException.class, e -> assertThat(e.status()).isEqualTo(ImageStatus.MISSING))
                .hasMessage("column 'image.bytes' is null in this row");
          }
        }
        Collections.shuffle(order, new Random(1));
      }
    }
  }

  @Test
  void aPassInOrderReadsEveryByteAboutOnce() throws IOException {
    Path file = plain("a.parquet", 3000);
    long length = Files.size(file);
    for (int i = 0; i < 3000; i++) {
      read(file, "content", i);
    }
    assertThat(reads.stream().mapToLong(read -> read[1]).sum()).isLessThan(length * 5 / 4);
    assertThat(reads).hasSizeLessThanOrEqualTo(rowGroups(file));
  }

  @Test
  void manyThreadsGetTheirOwnCells() throws Exception {
    Path file = plain("a.parquet", 1000);
    List<byte[]> contents = contents(1000, false);
    ExecutorService threads = Executors.newFixedThreadPool(8);
    try {
      List<Future<byte[]>> results = new ArrayList<>();
      for (int i = 0; i < 1000; i++) {
        int row = i;
        results.add(threads.submit(() -> read(file, "content", row)));
      }
      for (int i = 0; i < 1000; i++) {
        assertThat(results.get(i).get()).isEqualTo(contents.get(i));
      }
    } finally {
      threads.shutdownNow();
    }
    // Threads that are some rows apart read what is around the end of a row group by turns.
    assertThat(reads).hasSizeLessThanOrEqualTo(2 * rowGroups(file));
  }

  @Test
  void whatIsNoLongerThereIsAFactWithAStatus() throws IOException {
    Path file = plain("a.parquet", 100);
    assertFact(file, "content", 100, ImageStatus.TRUNCATED, "has 100 rows, fewer than when");
    assertFact(file, "image.bytes", 0, ImageStatus.MISSING, "has no column 'image.bytes'");
    Path other =
        write(
            "b.parquet",
            NESTED,
            WriterVersion.PARQUET_1_0,
            CompressionCodecName.SNAPPY,
            true,
            contents(10, false));
    assertFact(other, "label", 0, ImageStatus.UNSUPPORTED, "'label' of the file holds no bytes");
    assertThatThrownBy(() -> read(temp.resolve("c.parquet"), "content", 0))
        .isInstanceOf(FileNotFoundException.class);
    byte[] whole = Files.readAllBytes(file);
    for (int length : new int[] {0, 3, whole.length / 2, whole.length - 1}) {
      Path cut = Files.write(temp.resolve("cut.parquet"), Arrays.copyOf(whole, length));
      assertFact(cut, "content", 0, ImageStatus.DECODE_ERROR, "is no Parquet file, or was cut off");
    }
  }

  private void assertFact(Path file, String column, long row, ImageStatus status, String reason) {
    assertThatThrownBy(() -> read(file, column, row))
        .isInstanceOfSatisfying(CellException.class, e -> assertThat(e.status()).isEqualTo(status))
        .hasMessageContaining(reason);
  }

  @Test
  void aFileThatIsReplacedMeanwhileIsReadAnew() throws IOException {
    Path file = plain("a.parquet", 500);
    read(file, "content", 3);
    List<byte[]> contents = contents(600, true);
    write(
        "a.parquet",
        NESTED,
        WriterVersion.PARQUET_2_0,
        CompressionCodecName.ZSTD,
        false,
        contents(600, true));
    assertThat(read(file, "image.bytes", 599)).isEqualTo(contents.get(599));
    plain("a.parquet", 700);
    assertThat(read(file, "content", 699)).isEqualTo(contents(700, false).get(699));
  }

  @Test
  void damagedPagesAreNamedAndTheOthersAreRead() throws IOException {
    for (WriterVersion version : WriterVersion.values()) {
      for (CompressionCodecName codec :
          List.of(CompressionCodecName.SNAPPY, CompressionCodecName.UNCOMPRESSED)) {
        Path file = write("a.parquet", FLAT, version, codec, false, contents(400, false));
        byte[] damaged = Files.readAllBytes(file);
        damaged[damaged.length / 3] ^= 0x55;
        Files.write(file, damaged);
        int bad = 0;
        for (int i = 0; i < 400; i++) {
          try {
            if (!Arrays.equals(read(file, "content", i), contents(400, false).get(i))) {
              // Without a checksum in the page, only the content's hash tells.
              assertThat(version).isEqualTo(WriterVersion.PARQUET_2_0);
              bad++;
            }
          } catch (CellException e) {
            assertThat(e.status()).isEqualTo(ImageStatus.DECODE_ERROR);
            assertThat(e).hasMessageStartingWith("cannot be read: the Parquet file is damaged: ");
            bad++;
          }
        }
        assertThat(bad).isBetween(1, 20);
        assertThat(reads).as("no page is read for each of its rows").hasSizeLessThan(40);
        reads.clear();
      }
    }
  }

  @Test
  void noDamageOfAnyByteIsMoreThanAFactOrAnotherContent() throws IOException {
    Path file =
        write(
            "a.parquet",
            NESTED,
            WriterVersion.PARQUET_1_0,
            CompressionCodecName.SNAPPY,
            true,
            contents(60, true));
    byte[] whole = Files.readAllBytes(file);
    Random random = new Random(5);
    for (int i = 0; i < 300; i++) {
      byte[] damaged = whole.clone();
      damaged[random.nextInt(whole.length)] = (byte) random.nextInt();
      Path broken = Files.write(temp.resolve("b" + i + ".parquet"), damaged);
      for (int row = 0; row < 60; row += 20) {
        try {
          read(broken, "image.bytes", row);
        } catch (IOException e) {
          assertThat(e).isInstanceOfAny(CellException.class, EOFException.class);
        }
      }
    }
  }

  @Test
  void pathsNameCellsOnlyWithTheirOffset() {
    ParquetCell cell = new ParquetCell("s3a://b/a#b/x.parquet", "im/age#.by%tes", 12);
    assertThat(cell.path()).isEqualTo("s3a://b/a#b/x.parquet#im%2Fage%23.by%25tes/12");
    assertThat(ParquetCell.of(cell.path(), 13)).contains(cell);
    assertThat(ParquetCell.of(cell.path(), 0)).isEmpty();
    assertThat(ParquetCell.of(cell.path(), 12)).isEmpty();
    assertThat(ParquetCell.of("s3a://b/x.tar#y.parquet#image.bytes/12", 13)).isEmpty();
    assertThat(ImageFiles.containerOf(cell.path(), 13)).isEqualTo("s3a://b/a#b/x.parquet");
    assertThat(ImageFiles.containerOf("s3a://b/x.tar#a/1.jpg", 512)).isEqualTo("s3a://b/x.tar");
  }
}
