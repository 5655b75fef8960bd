package org.sparkvit.loading;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.hadoop.CodecFactory;
import org.apache.parquet.io.api.Binary;
import org.sparkvit.core.ImageStatus;

/**
 * Reads images that are cells of Parquet files. Neighbours share what is read: a file's footer, the
 * places of pages, and the pages themselves. So a pass in the order of the rows reads each page
 * once, and a jump reads a page, where the file has an index of pages.
 *
 * <p>Memory holds at most {@link #PAGE_BYTES} of pages, or two pages where they are larger, and one
 * request's bytes. No file stays open from one call to the next. Several threads may use it; one
 * reads at a time.
 */
final class ParquetCells {
  private static final int COLUMNS = 64;
  private static final int CHUNKS = 16;
  private static final int PAGE_BYTES = 32 << 20;

  private static final int DAMAGED = 1024;

  /** In place of a page's offset: the headers of pages that nobody has come past yet. */
  private static final long ON_THE_WAY = -1;

  /** The pages that are kept however large they are, since threads pass from one to the next. */
  private static final int LEAST_PAGES = 2;

  /** The bytes of a request where neighbours are read. */
  private static final int AHEAD = 8 << 20;

  /** The bytes of a request elsewhere. A request to S3 takes at least as long as reading these. */
  private static final int LEAST = 256 << 10;

  /** The distance in rows up to which two images are neighbours. */
  private static final int NEAR = 64;

  /** Reads bytes of a file. */
  interface Range {
    byte[] read(Path file, long start, int length) throws IOException;
  }

  private record ChunkKey(String file, String column, long firstRow) {}

  private record PageKey(ChunkKey chunk, long offset) {}

  private final Configuration configuration;
  private final Range range;
  private final CodecFactory codecs;
  private final Map<String, ParquetColumn> columns = new LinkedHashMap<>(16, 0.75f, true);
  private final Map<ChunkKey, ParquetPages> chunks = new LinkedHashMap<>(16, 0.75f, true);
  private final Map<PageKey, ParquetPages.Page> pages = new LinkedHashMap<>(16, 0.75f, true);
  private final Map<PageKey, CellException> damaged = new LinkedHashMap<>();

  /** The page that is being read, or null while the footer is. */
  private PageKey failing;

  private long pageBytes;
  private ParquetCell last;
  private Path segmentFile;
  private long segmentStart;
  private byte[] segment = new byte[0];

  ParquetCells(Configuration configuration, Range range) {
    this.configuration = configuration;
    this.range = range;
    this.codecs = new CodecFactory(configuration, 0);
  }

  /**
   * Returns the content of a cell.
   *
   * @throws java.io.FileNotFoundException when the file is gone
   * @throws CellException when the file has no such image
   * @throws IOException when the storage does not answer
   */
  synchronized byte[] read(ParquetCell cell) throws IOException {
    Binary content = find(cell);
    if (content == null) {
      throw new CellException(
          ImageStatus.MISSING, "column '" + cell.column() + "' is null in this row");
    }
    return content.getBytes();
  }

  private Binary find(ParquetCell cell) throws IOException {
    boolean known = columns.containsKey(key(cell));
    try {
      return findNow(cell);
    } catch (IOException e) {
      if (damaged.containsValue(e)) {
        throw e;
      }
      forget(cell.file());
      if (!known || !(e instanceof CellException)) {
        remember(e);
        throw e;
      }
    }
    try {
      // The file may have been replaced since its footer was read.
      return findNow(cell);
    } catch (CellException e) {
      remember(e);
      throw e;
    }
  }

  /** Keeps a fact about a page, so that it is not read again for each of its rows. */
  private void remember(IOException e) {
    if (failing != null && e instanceof CellException fact) {
      damaged.put(failing, fact);
      evict(damaged, DAMAGED);
    }
  }

  /** Forgets what is known of a file. */
  private void forget(String file) {
    columns.keySet().removeIf(key -> key.startsWith(file + "#"));
    chunks.keySet().removeIf(key -> key.file().equals(file));
    pages.keySet().removeIf(key -> key.chunk().file().equals(file));
    damaged.keySet().removeIf(key -> key.chunk().file().equals(file));
    pageBytes = pages.values().stream().mapToLong(ParquetPages.Page::bytes).sum();
    dropSegment();
  }

  private void dropSegment() {
    segmentFile = null;
    segment = new byte[0];
  }

  private static String key(ParquetCell cell) {
    return cell.file() + "#" + cell.column();
  }

  /** Returns a cell, or null where it is null. */
  private Binary findNow(ParquetCell cell) throws IOException {
    failing = null;
    ParquetColumn column = columns.get(key(cell));
    if (column == null) {
      column = ParquetColumn.open(new Path(cell.file()), cell.column(), configuration);
      columns.put(key(cell), column);
      evict(columns, COLUMNS);
    }
    ParquetColumn.Chunk chunk = column.chunkOf(cell.row());
    ChunkKey key = new ChunkKey(cell.file(), cell.column(), chunk.firstRow());
    ParquetPages walk = chunks.get(key);
    if (walk == null) {
      walk = new ParquetPages(column, chunk, codecs);
      chunks.put(key, walk);
      evict(chunks, CHUNKS);
    }
    boolean near =
        last != null
            && last.file().equals(cell.file())
            && Math.abs(cell.row() - last.row()) <= NEAR;
    last = cell;
    Path file = column.file();
    ParquetPages.Bytes bytes =
        (start, least, end) -> piece(file, start, least, end, near ? AHEAD : LEAST);
    if (!walk.knows(cell.row())) {
      attempt(new PageKey(key, ON_THE_WAY));
    }
    ParquetPages.Place place = walk.placeOf(cell.row(), bytes);
    PageKey pageKey = new PageKey(key, place.offset());
    attempt(pageKey);
    ParquetPages.Page page = pages.get(pageKey);
    if (page == null) {
      page = walk.read(place, bytes);
      pages.put(pageKey, page);
      pageBytes += page.bytes();
      evictPages();
      if (segment.length > AHEAD) {
        dropSegment();
      }
    }
    long index = cell.row() - page.firstRow();
    if (index >= page.cells().length) {
      throw ParquetColumn.damaged("a page has fewer rows than its index says", null);
    }
    return page.cells()[(int) index];
  }

  /** Notes what is read next, unless it is known to be damaged. */
  private void attempt(PageKey key) throws CellException {
    failing = key;
    CellException before = damaged.get(key);
    if (before != null) {
      throw before;
    }
  }

  private ParquetPages.Piece piece(Path file, long start, int least, long end, int wanted)
      throws IOException {
    boolean there =
        file.equals(segmentFile)
            && start >= segmentStart
            && start + least <= segmentStart + segment.length;
    if (!there) {
      int length = (int) Math.max(least, Math.min(wanted, end - start));
      dropSegment();
      segment = range.read(file, start, length);
      segmentStart = start;
      segmentFile = file;
    }
    int from = (int) (start - segmentStart);
    return new ParquetPages.Piece(segment, from, segment.length - from);
  }

  private void evictPages() {
    var oldest = pages.values().iterator();
    while (pageBytes > PAGE_BYTES && pages.size() > LEAST_PAGES) {
      pageBytes -= oldest.next().bytes();
      oldest.remove();
    }
  }

  private static void evict(Map<?, ?> cache, int most) {
    if (cache.size() > most) {
      var oldest = cache.keySet().iterator();
      oldest.next();
      oldest.remove();
    }
  }
}
