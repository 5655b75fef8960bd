package org.sparkvit.loading;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32;
import org.apache.parquet.ParquetRuntimeException;
import org.apache.parquet.VersionParser;
import org.apache.parquet.VersionParser.ParsedVersion;
import org.apache.parquet.bytes.BytesInput;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.column.Encoding;
import org.apache.parquet.column.impl.ColumnReaderImpl;
import org.apache.parquet.column.page.DataPage;
import org.apache.parquet.column.page.DataPageV1;
import org.apache.parquet.column.page.DataPageV2;
import org.apache.parquet.column.page.DictionaryPage;
import org.apache.parquet.column.page.PageReader;
import org.apache.parquet.compression.CompressionCodecFactory.BytesInputDecompressor;
import org.apache.parquet.format.DataPageHeader;
import org.apache.parquet.format.DataPageHeaderV2;
import org.apache.parquet.format.OffsetIndex;
import org.apache.parquet.format.PageHeader;
import org.apache.parquet.format.PageLocation;
import org.apache.parquet.format.PageType;
import org.apache.parquet.format.Util;
import org.apache.parquet.hadoop.CodecFactory;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.internal.hadoop.metadata.IndexReference;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.io.api.PrimitiveConverter;
import org.sparkvit.core.ImageStatus;

/**
 * The pages of a column in one row group. They are read one by one and never together, as a row
 * group of images may be larger than memory. Where pages are is learnt by walking from header to
 * header, or from the file's index of pages where it has one and the walk would be long.
 *
 * <p>Only one thread may use it at a time.
 */
final class ParquetPages {
  /** The number of rows to the next one that is wanted from which the index is worth a request. */
  private static final int FAR = 64;

  /** The bytes in which a page's header mostly ends. */
  private static final int HEADER = 64;

  /** The bytes in which a page's header must end. It may hold the least and the greatest cell. */
  private static final int MAX_HEADER = 64 << 20;

  private static final int MAX_PAGE = 1 << 30;

  /** Reads bytes of the file. */
  interface Bytes {
    /**
     * Returns bytes of the file.
     *
     * @param least the number of bytes that are needed
     * @param end the index behind the last byte that may be read ahead
     */
    Piece read(long start, int least, long end) throws IOException;
  }

  /**
   * Bytes of the file.
   *
   * @param array an array that has them
   * @param from the index in the array of the first one
   * @param length the number of bytes from there on, which may be more than were asked for
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared; lives until it is parsed
  record Piece(byte[] array, int from, int length) {}

  /**
   * A page with its cells.
   *
   * @param firstRow the index in the file of its first row
   * @param cells the cells, with null for null
   * @param bytes the memory that it takes
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Page(long firstRow, Binary[] cells, int bytes) {}

  /**
   * Where a page is.
   *
   * @param row the index in the file of its first row
   * @param offset the index in the file of its header's first byte
   */
  record Place(long row, long offset) {}

  private final ParquetColumn column;
  private final ParquetColumn.Chunk chunk;
  private final CodecFactory codecs;
  private final List<Place> places = new ArrayList<>();

  /** The row and the header that follow the last of the known pages. */
  private Place frontier;

  private boolean indexed;
  private DictionaryPage dictionary;
  private boolean dictionaryKnown;

  ParquetPages(ParquetColumn column, ParquetColumn.Chunk chunk, CodecFactory codecs) {
    this.column = column;
    this.chunk = chunk;
    this.codecs = codecs;
    this.frontier = new Place(chunk.firstRow(), chunk.meta().getStartingPos());
  }

  /**
   * Returns the place of the page that has a row.
   *
   * @throws CellException when the pages do not have as many rows as the footer says
   */
  Place placeOf(long row, Bytes bytes) throws IOException {
    IndexReference index = chunk.meta().getOffsetIndexReference();
    if (!indexed && index != null && row - frontier.row > FAR) {
      readIndex(index, bytes);
    }
    while (row >= frontier.row && !indexed) {
      advance(bytes);
    }
    int from = 0;
    int to = places.size() - 1;
    while (from < to) {
      int middle = (from + to + 1) >>> 1;
      if (places.get(middle).row <= row) {
        from = middle;
      } else {
        to = middle - 1;
      }
    }
    return places.get(from);
  }

  /** Returns whether the place of the page that has a row is known. */
  boolean knows(long row) {
    return indexed || row < frontier.row;
  }

  /** Reads the page at a place that {@link #placeOf} has returned. */
  Page read(Place place, Bytes bytes) throws IOException {
    Header header = header(place.offset, bytes);
    if (!isData(header.page)) {
      throw ParquetColumn.damaged("there is no page where its index has one", null);
    }
    byte[] body = body(header, bytes);
    DataPage page =
        header.page.type == PageType.DATA_PAGE
            ? pageOf(header.page.data_page_header, header, body)
            : pageOf(header.page.data_page_header_v2, header, body);
    DictionaryPage words = dictionary(page, bytes);
    return new Page(place.row, cells(page, words), page.getUncompressedSize());
  }

  private void readIndex(IndexReference index, Bytes bytes) throws IOException {
    Piece piece =
        bytes.read(index.getOffset(), index.getLength(), index.getOffset() + index.getLength());
    OffsetIndex read =
        Util.readOffsetIndex(
            new ByteArrayInputStream(piece.array(), piece.from(), index.getLength()));
    places.clear();
    for (PageLocation page : read.getPage_locations()) {
      places.add(new Place(chunk.firstRow() + page.getFirst_row_index(), page.getOffset()));
    }
    if (places.isEmpty() || places.get(0).row != chunk.firstRow()) {
      throw ParquetColumn.damaged("its index of pages does not begin with the first row", null);
    }
    indexed = true;
  }

  /** Walks over one page. */
  private void advance(Bytes bytes) throws IOException {
    if (frontier.row >= chunk.firstRow() + chunk.rows() || frontier.offset >= column.length()) {
      throw ParquetColumn.damaged("a row group has fewer rows than its footer says", null);
    }
    Header header = header(frontier.offset, bytes);
    long next = header.body + header.page.compressed_page_size;
    long rows = 0;
    if (isData(header.page)) {
      rows = header.rows();
      places.add(frontier);
    } else if (header.page.type == PageType.DICTIONARY_PAGE) {
      dictionary = dictionaryPage(header, body(header, bytes));
      dictionaryKnown = true;
    }
    frontier = new Place(frontier.row + rows, next);
  }

  private static boolean isData(PageHeader page) {
    return page.type == PageType.DATA_PAGE || page.type == PageType.DATA_PAGE_V2;
  }

  /**
   * A header.
   *
   * @param body the index in the file of the byte behind it
   */
  private record Header(PageHeader page, long body) {
    private int rows() {
      return page.type == PageType.DATA_PAGE
          ? page.data_page_header.num_values
          : page.data_page_header_v2.num_rows;
    }
  }

  private Header header(long offset, Bytes bytes) throws IOException {
    long end = Math.max(chunk.end(), offset + 1);
    for (int least = HEADER; ; least *= 32) {
      int wanted = (int) Math.min(Math.min(least, MAX_HEADER), column.length() - offset);
      Piece piece = bytes.read(offset, wanted, end);
      ByteArrayInputStream in =
          new ByteArrayInputStream(piece.array(), piece.from(), piece.length());
      try {
        PageHeader page = Util.readPageHeader(in);
        requireSound(page);
        return new Header(page, offset + piece.length() - in.available());
      } catch (IOException | RuntimeException e) {
        if (e instanceof CellException fact) {
          throw fact;
        }
        if (least >= MAX_HEADER || wanted == column.length() - offset) {
          throw ParquetColumn.damaged("the header of a page cannot be read", e);
        }
      }
    }
  }

  private static void requireSound(PageHeader page) throws CellException {
    boolean sound =
        page.compressed_page_size >= 0
            && page.uncompressed_page_size >= 0
            && switch (page.type) {
              case DATA_PAGE ->
                  page.data_page_header != null && page.data_page_header.num_values >= 0;
              case DATA_PAGE_V2 ->
                  page.data_page_header_v2 != null && page.data_page_header_v2.num_rows >= 0;
              case DICTIONARY_PAGE -> page.dictionary_page_header != null;
              default -> true;
            };
    if (!sound) {
      throw ParquetColumn.damaged("the header of a page makes no sense", null);
    }
    if (page.compressed_page_size > MAX_PAGE || page.uncompressed_page_size > MAX_PAGE) {
      throw new CellException(
          ImageStatus.TOO_LARGE,
          "its page of the Parquet file has "
              + page.uncompressed_page_size
              + " bytes, more than the limit of "
              + MAX_PAGE
              + "; write the file with smaller pages");
    }
  }

  private byte[] body(Header header, Bytes bytes) throws IOException {
    int size = header.page.compressed_page_size;
    if (size > column.length() - header.body) {
      throw ParquetColumn.damaged("a page ends behind the file's end", null);
    }
    Piece piece = bytes.read(header.body, size, Math.max(chunk.end(), header.body + size));
    byte[] body = new byte[size];
    System.arraycopy(piece.array(), piece.from(), body, 0, size);
    if (header.page.isSetCrc()) {
      CRC32 crc = new CRC32();
      crc.update(body);
      if ((int) crc.getValue() != header.page.crc) {
        throw ParquetColumn.damaged("a page is not what was written, by its checksum", null);
      }
    }
    return body;
  }

  private DataPage pageOf(DataPageHeader v1, Header header, byte[] body) throws IOException {
    byte[] plain = decompressed(body, 0, header.page.uncompressed_page_size);
    return new DataPageV1(
        BytesInput.from(plain),
        v1.num_values,
        plain.length,
        null,
        encoding(v1.repetition_level_encoding),
        encoding(v1.definition_level_encoding),
        encoding(v1.encoding));
  }

  private DataPage pageOf(DataPageHeaderV2 v2, Header header, byte[] body) throws IOException {
    int repetition = v2.repetition_levels_byte_length;
    int definition = v2.definition_levels_byte_length;
    int levels = repetition + definition;
    if (repetition < 0 || definition < 0 || levels > body.length) {
      throw ParquetColumn.damaged("the header of a page makes no sense", null);
    }
    byte[] data =
        v2.is_compressed
            ? decompressed(body, levels, header.page.uncompressed_page_size - levels)
            : Arrays.copyOfRange(body, levels, body.length);
    return DataPageV2.uncompressed(
        v2.num_rows,
        v2.num_nulls,
        v2.num_values,
        BytesInput.from(body, 0, repetition),
        BytesInput.from(body, repetition, definition),
        encoding(v2.encoding),
        BytesInput.from(data),
        null);
  }

  private static Encoding encoding(org.apache.parquet.format.Encoding encoding) {
    return Encoding.valueOf(encoding.name());
  }

  /**
   * Returns bytes as they were before they were compressed.
   *
   * @param from the index in {@code body} of the first of the bytes, which are all from there on
   * @param size the number of bytes that there were
   */
  private byte[] decompressed(byte[] body, int from, int size) throws IOException {
    CompressionCodecName codec = chunk.meta().getCodec();
    if (codec == CompressionCodecName.UNCOMPRESSED || size == 0) {
      return from == 0 ? body : Arrays.copyOfRange(body, from, body.length);
    }
    BytesInputDecompressor decompressor;
    try {
      decompressor = codecs.getDecompressor(codec);
    } catch (RuntimeException e) {
      throw new CellException(
          ImageStatus.UNSUPPORTED,
          "the Parquet file is packed by " + codec + ", which is not here; write it with snappy",
          e);
    }
    try {
      Plain plain = new Plain(size);
      decompressor
          .decompress(BytesInput.from(body, from, body.length - from), size)
          .writeAllTo(plain);
      return plain.whole();
    } catch (IOException | RuntimeException | InternalError e) {
      throw ParquetColumn.damaged("a page cannot be unpacked", e);
    } finally {
      // What it holds beside the heap goes back to where other tasks take it from.
      codecs.release();
    }
  }

  /** Receives a number of bytes that is known before. */
  private static final class Plain extends OutputStream {
    private final byte[] bytes;
    private int length;

    private Plain(int size) {
      this.bytes = new byte[size];
    }

    @Override
    public void write(int value) throws IOException {
      write(new byte[] {(byte) value}, 0, 1);
    }

    @Override
    public void write(byte[] from, int start, int count) throws IOException {
      if (count > bytes.length - length) {
        throw new IOException("more bytes than the page's header says");
      }
      System.arraycopy(from, start, bytes, length, count);
      length += count;
    }

    private byte[] whole() throws IOException {
      if (length < bytes.length) {
        throw new IOException("fewer bytes than the page's header says");
      }
      return bytes;
    }
  }

  /** Returns the dictionary where a page needs one, or null. */
  private DictionaryPage dictionary(DataPage page, Bytes bytes) throws IOException {
    Encoding encoding =
        page instanceof DataPageV1 v1
            ? v1.getValueEncoding()
            : ((DataPageV2) page).getDataEncoding();
    if (!encoding.usesDictionary()) {
      return null;
    }
    if (!dictionaryKnown) {
      Header header = header(chunk.meta().getStartingPos(), bytes);
      if (header.page.type == PageType.DICTIONARY_PAGE) {
        dictionary = dictionaryPage(header, body(header, bytes));
      }
      dictionaryKnown = true;
    }
    if (dictionary == null) {
      throw ParquetColumn.damaged("a page needs a dictionary that is not there", null);
    }
    return dictionary;
  }

  private DictionaryPage dictionaryPage(Header header, byte[] body) throws IOException {
    byte[] plain = decompressed(body, 0, header.page.uncompressed_page_size);
    return new DictionaryPage(
        BytesInput.from(plain),
        plain.length,
        header.page.dictionary_page_header.num_values,
        encoding(header.page.dictionary_page_header.encoding));
  }

  private Binary[] cells(DataPage page, DictionaryPage words) throws CellException {
    ColumnDescriptor descriptor = column.descriptor();
    Binary[] cells = new Binary[page.getValueCount()];
    if (cells.length == 0) {
      return cells;
    }
    try {
      ColumnReaderImpl reader =
          new ColumnReaderImpl(
              descriptor, new OnePage(page, words), new PrimitiveConverter() {}, version());
      for (int i = 0; i < cells.length; i++) {
        if (reader.getCurrentDefinitionLevel() == descriptor.getMaxDefinitionLevel()) {
          cells[i] = reader.getBinary().copy();
        }
        reader.consume();
      }
      return cells;
    } catch (ParquetRuntimeException | IllegalArgumentException | IndexOutOfBoundsException e) {
      throw ParquetColumn.damaged("a page cannot be decoded", e);
    }
  }

  /** Returns the version of the program that wrote the file, or null where it is not known. */
  private ParsedVersion version() {
    try {
      return column.createdBy() == null ? null : VersionParser.parse(column.createdBy());
    } catch (VersionParser.VersionParseException | RuntimeException e) {
      return null;
    }
  }

  /** A page for Parquet's own decoders. */
  private static final class OnePage implements PageReader {
    private final DictionaryPage words;
    private final long values;
    private DataPage page;

    private OnePage(DataPage page, DictionaryPage words) {
      this.page = page;
      this.values = page.getValueCount();
      this.words = words;
    }

    @Override
    public DictionaryPage readDictionaryPage() {
      return words;
    }

    @Override
    public long getTotalValueCount() {
      return values;
    }

    @Override
    public DataPage readPage() {
      DataPage read = page;
      page = null;
      return read;
    }
  }
}
