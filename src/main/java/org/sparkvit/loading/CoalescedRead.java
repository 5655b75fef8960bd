package org.sparkvit.loading;

import java.io.EOFException;
import java.io.FileNotFoundException;
import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sparkvit.core.StableHash;
import org.sparkvit.core.UserException;

/**
 * One request for several images that lie close together in a shard. The bytes are kept until the
 * last of these images is done.
 */
final class CoalescedRead {
  /**
   * The largest gap between two images of a request, in bytes. A request to S3 takes at least as
   * long as reading this much.
   */
  private static final long MAX_GAP = 256 << 10;

  static final int MAX_BYTES = 4 << 20;

  /**
   * The largest number of images of a request. Each image is a row in memory, and images may be
   * small.
   */
  private static final int MAX_IMAGES = 2048;

  private static final Logger LOG = LoggerFactory.getLogger(CoalescedRead.class);

  /** The shards that this JVM has given a warning of. */
  private static final Set<String> WARNED = ConcurrentHashMap.newKeySet();

  /** The reader that the requests of one task share. */
  static final class Source {
    private final RetryingImageReader reader;

    /** The shards that this task does not try again. */
    private final Set<String> unreadable = ConcurrentHashMap.newKeySet();

    Source(ImageFiles files) {
      this.reader = new RetryingImageReader(files, RetryingImageReader.FIRST_PAUSE);
    }

    /** Reads bytes of a shard, or returns null when the shard cannot be read there. */
    private byte[] read(String shard, long start, int bytes) {
      if (unreadable.contains(shard)) {
        return null;
      }
      try {
        return reader.read(shard, start, bytes);
      } catch (EOFException e) {
        warn(shard, "is shorter than it was"); // the rest of it can still be read
        return null;
      } catch (FileNotFoundException e) {
        warn(shard, "is gone");
      } catch (CellException e) {
        warn(shard, e.getMessage());
      } catch (UserException e) {
        warn(shard, "cannot be read: " + RetryingImageReader.message(e));
      }
      unreadable.add(shard);
      return null;
    }
  }

  private final Source source;
  private final String shard;
  private final FutureTask<byte[]> reading = new FutureTask<>(this::readAll);
  private long begin = -1;
  private long end;
  private int images;

  CoalescedRead(Source source, String shard) {
    this.source = source;
    this.shard = shard;
  }

  /**
   * Adds an image to the request if it is near enough, which the first image always is. It must not
   * be called once reading has begun.
   *
   * @return whether the image was added
   */
  boolean join(String file, long start, int bytes) {
    if (images == 0) {
      begin = start;
      end = start;
    } else if (!shard.equals(file)
        || start < begin
        || start - end > MAX_GAP
        || start + bytes - begin > MAX_BYTES
        || images == MAX_IMAGES) {
      return false;
    }
    end = Math.max(end, start + bytes);
    images++;
    return true;
  }

  /** Starts reading in a thread of its own. */
  void begin() {
    Thread thread = new Thread(reading, "read-shard");
    thread.setDaemon(true);
    thread.start();
  }

  private byte[] readAll() {
    return source.read(shard, begin, Math.toIntExact(end - begin));
  }

  /**
   * Returns the bytes of one image of the request, or null when they cannot be read or their hash
   * differs.
   */
  byte[] read(long start, int bytes, String sha256) {
    byte[] all = all();
    byte[] content;
    if (all != null) {
      int from = (int) (start - begin);
      content = Arrays.copyOfRange(all, from, from + bytes);
    } else {
      // A request fails as a whole where the shard ends too early. Each image is then read by
      // itself, so that only the last ones are lost.
      content = images == 1 ? null : source.read(shard, start, bytes);
    }
    if (content != null && !StableHash.sha256(content).equals(sha256)) {
      warn(shard, "is damaged");
      return null;
    }
    return content;
  }

  private byte[] all() {
    try {
      return reading.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while a shard was read", e);
    } catch (ExecutionException e) {
      throw new IllegalStateException("reading " + shard + " failed", e.getCause());
    }
  }

  private static void warn(String shard, String problem) {
    if (WARNED.add(shard)) {
      LOG.warn(
          "shard '{}' {}; its images are read from where the catalog found them; delete it and run"
              + " 'spark-vit pack' to have them packed again",
          shard,
          problem);
    }
  }
}
