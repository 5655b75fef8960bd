package org.sparkvit.pipeline.catalog;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.TaskContext;
import org.apache.spark.util.SerializableConfiguration;
import org.apache.spark.util.TaskCompletionListener;
import org.sparkvit.core.StableHash;
import org.sparkvit.image.codec.ForeignContent;
import org.sparkvit.loading.Storage;

/**
 * Reads a tar shard once from beginning to end, and joins its members to {@link WebDatasetSample
 * samples}, in whatever order they are, even if all labels follow all images. Only the place of an
 * image is held in memory, and the text of a label or other metadata, for as long as its sample may
 * grow, which is to the shard's end.
 *
 * <p>Where a shard has more than {@code maxHeld} bytes of that, some 150,000 samples with short
 * labels, its oldest samples are released. So such shards have to be sorted, at least roughly. A
 * member that comes after its sample was released is a problem.
 *
 * @param texts the suffixes of members that are text although they do not look like it
 * @param maxHeld the approximate number of bytes of a shard's names and texts that are held at once
 */
record ShardReader(SerializableConfiguration configuration, Set<String> texts, long maxHeld)
    implements Serializable {
  /**
   * The default of {@code maxHeld}. With one shard for each core at a time, this is little beside
   * what decoding takes.
   */
  static final long MAX_HELD = 64L << 20;

  private static final int RECORD = 512;
  private static final int NAME_BYTES = 100;
  private static final int MAX_TEXT = 1 << 20;

  /**
   * The largest size of one member's headers in bytes. Names and attributes of files are far
   * smaller.
   */
  private static final int MAX_HEADER = 16 << 20;

  /** The end of a member that is stored with holes, with a list of them in front. */
  private static final long UNKNOWN = -1;

  /** The bytes that a member takes on the heap beside its name and text. */
  private static final int MEMBER_BYTES = 200;

  /**
   * Returns the samples of one shard as they become complete. The shard is closed with the task
   * that reads it.
   */
  Iterator<WebDatasetSample> samples(WebDatasetSample.Shard shard) throws IOException {
    Path path = new Path(shard.path());
    FileSystem fs = Storage.of(path, configuration.value());
    FileStatus status = fs.getFileStatus(path);
    return new Joining(shard, status, new Source(fs.open(path)));
  }

  /** Tells errors of the storage, after which a task is retried, from those of the format. */
  private static final class Source extends FilterInputStream {
    private final FSDataInputStream file;
    private IOException failure;
    private long read;

    private Source(FSDataInputStream file) {
      super(file);
      this.file = file;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] bytes, int from, int length) throws IOException {
      try {
        int got = super.read(bytes, from, length);
        read += Math.max(got, 0);
        if (read > MAX_HEADER) {
          throw new IllegalArgumentException("a header of more than 16 MiB");
        }
        return got;
      } catch (IOException e) {
        failure = e;
        throw e;
      }
    }

    @Override
    public long skip(long bytes) throws IOException {
      try {
        return super.skip(bytes);
      } catch (IOException e) {
        failure = e;
        throw e;
      }
    }
  }

  /** A shard that is being read. */
  private final class Joining implements Iterator<WebDatasetSample> {
    private final WebDatasetSample.Shard shard;
    private final FileStatus status;
    private final Source in;
    private final TarArchiveInputStream tar;
    private final Queue<WebDatasetSample> ready = new ArrayDeque<>();

    /** The samples that may grow, the oldest first. */
    private final Map<String, List<WebDatasetSample.Member>> open = new LinkedHashMap<>();

    /** The hashes of the keys of samples that were released before the end. */
    private final Set<Long> closed = new HashSet<>();

    private long held;

    /** The end of the last member, or {@link #UNKNOWN}. */
    private long end;

    /** Whether a header of a member has been read. */
    private boolean begun;

    private boolean done;

    private Joining(WebDatasetSample.Shard shard, FileStatus status, Source in) {
      this.shard = shard;
      this.status = status;
      this.in = in;
      this.tar = new TarArchiveInputStream(in, StandardCharsets.UTF_8.name());
      if (TaskContext.get() != null) {
        TaskCompletionListener closing = context -> close();
        TaskContext.get().addTaskCompletionListener(closing);
      }
    }

    @Override
    public boolean hasNext() {
      while (ready.isEmpty() && !done) {
        try {
          advance();
        } catch (IOException e) {
          close();
          throw new UncheckedIOException("reading " + shard.path(), e);
        }
      }
      return !ready.isEmpty();
    }

    @Override
    public WebDatasetSample next() {
      if (!hasNext()) {
        throw new NoSuchElementException();
      }
      return ready.remove();
    }

    private void close() {
      done = true;
      try {
        tar.close();
      } catch (IOException e) {
        throw new UncheckedIOException("closing " + shard.path(), e);
      }
    }

    /**
     * Stops at a problem. Nothing of such a shard is used. A file that never was a tar file is
     * reported as such.
     */
    private void stop(String problem) throws IOException {
      String what = begun ? problem : instead().map(other -> "is " + other).orElse(problem);
      ready.add(WebDatasetSample.problem(shard, "shard '" + shard.path() + "' " + what));
      open.clear();
      close();
    }

    private Optional<String> instead() throws IOException {
      in.file.seek(0);
      return ForeignContent.insteadOf("a tar file", in.file.readNBytes(ForeignContent.TEXT_BYTES));
    }

    private void advance() throws IOException {
      boolean last = false;
      try {
        in.read = 0;
        TarArchiveEntry entry = tar.getNextEntry();
        if (entry == null) {
          last = true;
        } else {
          add(entry);
        }
      } catch (IOException | RuntimeException e) {
        if (in.failure != null) {
          throw in.failure;
        }
        stop("is not a readable tar file: " + e.getMessage());
      }
      if (last) {
        finish();
      }
    }

    private void add(TarArchiveEntry entry) throws IOException {
      String name = entry.getName();
      // As tar itself does when it unpacks.
      name = name.replaceFirst("^(\\./|/)+", "");
      long offset = in.file.getPos();
      if (!entry.isCheckSumOK()) {
        stop("has a damaged header before byte " + offset + ", of '" + name + "'; copy it anew");
        return;
      }
      begun = true;
      if (entry.isSparse()) {
        end = UNKNOWN;
      } else if (entry.getSize() > status.getLen() - offset) {
        stop("ends in the middle of '" + name + "'");
        return;
      } else {
        end = (offset + entry.getSize() + RECORD - 1) / RECORD * RECORD;
      }
      if (entry.isDirectory()) {
        return;
      }
      if (name.isEmpty()) {
        stop("has a member without a name before byte " + offset + "; pack it anew");
      } else if (name.indexOf('\uFFFD') >= 0 || (name.indexOf('?') >= 0 && isNotUtf8(offset))) {
        stop(
            "has a member whose name is not UTF-8: '"
                + name
                + "'; rename the file and pack it anew");
      } else if (!isOrdinary(entry)) {
        String what = entry.isSparse() ? "stored with holes (sparse)" : "a link, or no file";
        ready.add(WebDatasetSample.skipped(shard, name, SkipReason.SPECIAL_FILE, what));
      } else if (FolderLayout.isHidden(name)) {
        ready.add(WebDatasetSample.skipped(shard, name, SkipReason.HIDDEN, null));
      } else {
        join(member(name, offset, entry.getSize()));
      }
    }

    /**
     * Returns whether the name in a header is not UTF-8, in which case the library's name has
     * question marks.
     */
    private boolean isNotUtf8(long offset) throws IOException {
      byte[] header = new byte[RECORD];
      in.file.readFully(offset - RECORD, header);
      int length = 0;
      while (length < NAME_BYTES && header[length] != 0) {
        length++;
      }
      // A long name is cut off there, maybe within a letter.
      return StandardCharsets.UTF_8
          .newDecoder()
          .decode(ByteBuffer.wrap(header, 0, length), CharBuffer.allocate(length), false)
          .isError();
    }

    private static boolean isOrdinary(TarArchiveEntry entry) {
      byte type = entry.getLinkFlag();
      return !entry.isSparse()
          && (type == TarConstants.LF_NORMAL
              || type == TarConstants.LF_OLDNORM
              || type == TarConstants.LF_CONTIG);
    }

    private WebDatasetSample.Member member(String name, long offset, long bytes)
        throws IOException {
      String suffix = WebDatasetSample.suffixOf(name);
      if (!texts.contains(suffix)
          && !WebDatasetSample.isClass(suffix)
          && !WebDatasetSample.isJson(suffix)
          && !WebDatasetSample.isPlainText(suffix)) {
        return WebDatasetSample.Member.of(name, offset, bytes);
      }
      String text = null;
      String flaw = null;
      if (bytes > MAX_TEXT) {
        flaw = "is larger than 1 MiB; it should be a label or metadata";
      } else {
        byte[] content = new byte[(int) bytes];
        int got = tar.readNBytes(content, 0, content.length);
        try {
          text =
              StandardCharsets.UTF_8
                  .newDecoder()
                  .decode(ByteBuffer.wrap(content, 0, got))
                  .toString()
                  .replaceFirst("^\uFEFF", "");
        } catch (CharacterCodingException e) {
          flaw = "is not UTF-8; write it anew in UTF-8";
        }
      }
      return new WebDatasetSample.Member(name, suffix, offset, bytes, text, flaw);
    }

    private void join(WebDatasetSample.Member member) throws IOException {
      String key = WebDatasetSample.keyOf(member.name());
      if (!closed.isEmpty() && closed.contains(StableHash.hash64(0, key))) {
        stop(
            "has more labels and names than are held at once, and '"
                + member.name()
                + "' comes long after the rest of its sample '"
                + key
                + "'; sort its members by name, e.g. unpack it and pack it with tar --sort=name");
        return;
      }
      List<WebDatasetSample.Member> members = open.computeIfAbsent(key, none -> new ArrayList<>(2));
      for (WebDatasetSample.Member other : members) {
        if (other.suffix().equals(member.suffix())) {
          stop(
              other.name().equals(member.name())
                  ? "has '" + member.name() + "' twice; pack it anew, with each once"
                  : "has '"
                      + other.name()
                      + "' and '"
                      + member.name()
                      + "', which are one member of one sample; rename one");
          return;
        }
      }
      members.add(member);
      held += bytes(member);
      if (held > maxHeld) {
        giveAway();
      }
    }

    private static long bytes(WebDatasetSample.Member member) {
      return MEMBER_BYTES
          + 2L * member.name().length()
          + (member.text() == null ? 0 : 2L * member.text().length());
    }

    /** Releases half of what is held, so that neighbours in a roughly sorted shard still meet. */
    private void giveAway() {
      for (Iterator<Map.Entry<String, List<WebDatasetSample.Member>>> oldest =
              open.entrySet().iterator();
          oldest.hasNext() && held > maxHeld / 2; ) {
        Map.Entry<String, List<WebDatasetSample.Member>> sample = oldest.next();
        ready.add(
            WebDatasetSample.of(
                shard, status.getModificationTime(), sample.getKey(), sample.getValue()));
        closed.add(StableHash.hash64(0, sample.getKey()));
        sample.getValue().forEach(member -> held -= bytes(member));
        oldest.remove();
      }
    }

    private void finish() throws IOException {
      // The library takes a shard that was cut off at or within a header for one that is complete.
      if (end != UNKNOWN && !hasEndMark()) {
        stop("ends without the mark that ends a tar file, so some of it is missing; copy it anew");
      } else if (end != UNKNOWN && hasMore()) {
        stop(
            "has more behind the mark that ends a tar file, as tar files that were put together"
                + " have; unpack it with tar --ignore-zeros and pack it anew");
      } else {
        open.forEach(
            (key, members) ->
                ready.add(WebDatasetSample.of(shard, status.getModificationTime(), key, members)));
        open.clear();
        close();
      }
    }

    /** Returns whether the end mark follows: a record of zeros, and mostly more than one. */
    private boolean hasEndMark() throws IOException {
      if (end + RECORD > status.getLen()) {
        return false;
      }
      byte[] record = new byte[RECORD];
      in.file.readFully(end, record);
      return Arrays.equals(record, new byte[RECORD]);
    }

    /** Returns whether anything other than zeros follows. */
    private boolean hasMore() throws IOException {
      in.file.seek(end);
      byte[] piece = new byte[RECORD * 20];
      byte[] zeros = new byte[piece.length];
      for (int got = in.file.read(piece); got >= 0; got = in.file.read(piece)) {
        if (!Arrays.equals(piece, 0, got, zeros, 0, got)) {
          return true;
        }
      }
      return false;
    }
  }
}
