package org.sparkvit.training.data;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.sparkvit.core.UserException;

/**
 * Images of one size as raw pixels in a local file. One thread appends them; then, once the cache
 * is {@link #seal sealed}, any number of threads read them. The system's page cache keeps as much
 * of it in memory as there is room for, so the data set need not fit. The file is deleted on {@link
 * #close}.
 */
public final class PixelCache implements AutoCloseable {
  /**
   * The size of a mapped segment. A mapping may not exceed 2 GiB; this leaves room for whole
   * images.
   */
  private static final long SEGMENT_BYTES = 1L << 30;

  private final Path file;
  private final FileChannel channel;
  private final int imageBytes;
  private final int imagesPerSegment;
  private final List<MappedByteBuffer> segments = new ArrayList<>();
  private int images;

  private PixelCache(Path file, FileChannel channel, int imageBytes, long segmentBytes) {
    this.file = file;
    this.channel = channel;
    this.imageBytes = imageBytes;
    this.imagesPerSegment = (int) Math.max(1, segmentBytes / imageBytes);
  }

  /**
   * Creates an empty cache in a folder.
   *
   * @param folder a local folder
   * @param imageBytes the size of one image in bytes
   * @param expected the number of images to come, for which the disk must have room
   * @throws UserException when the folder cannot be written or has too little room
   */
  public static PixelCache create(Path folder, int imageBytes, long expected) {
    return create(folder, imageBytes, expected, SEGMENT_BYTES);
  }

  static PixelCache create(Path folder, int imageBytes, long expected, long segmentBytes) {
    try {
      long free = Files.getFileStore(folder).getUsableSpace();
      if (expected > free / imageBytes) {
        throw new UserException(
            String.format(
                Locale.ROOT,
                "the pixels of %,d images need %.1f GB in '%s', which has %.1f GB free; make room"
                    + " or name another folder with --cache-dir",
                expected,
                (double) expected * imageBytes / 1e9,
                folder,
                free / 1e9));
      }
      Path file = Files.createTempFile(folder, "spark-vit-pixels-", ".cache");
      FileChannel channel =
          FileChannel.open(
              file,
              StandardOpenOption.READ,
              StandardOpenOption.WRITE,
              StandardOpenOption.DELETE_ON_CLOSE);
      return new PixelCache(file, channel, imageBytes, segmentBytes);
    } catch (IOException e) {
      throw new UserException(
          "no file for pixels can be made in '" + folder + "' (" + e + "); set --cache-dir", e);
    }
  }

  /** Returns the path of the file. */
  public Path file() {
    return file;
  }

  /** Returns the number of images in the cache. */
  public int images() {
    return images;
  }

  /** Appends an image and returns its slot. */
  public int append(byte[] pixels) {
    if (pixels.length != imageBytes || !segments.isEmpty()) {
      throw new IllegalStateException(pixels.length + " bytes, " + segments.size() + " segments");
    }
    ByteBuffer source = ByteBuffer.wrap(pixels);
    try {
      // The pixels are written and not mapped. A full disk is an exception here and would be a
      // crash there.
      while (source.hasRemaining()) {
        channel.write(source);
      }
    } catch (IOException e) {
      throw new UserException(
          "pixels cannot be written to '"
              + file
              + "' ("
              + e.getMessage()
              + "); is the disk full?"
              + " Name another folder with --cache-dir",
          e);
    }
    return images++;
  }

  /** Ends writing and begins reading. */
  public void seal() {
    try {
      for (int first = 0; first < images; first += imagesPerSegment) {
        long size = Math.min(imagesPerSegment, images - first);
        segments.add(
            channel.map(
                FileChannel.MapMode.READ_ONLY, (long) first * imageBytes, size * imageBytes));
      }
    } catch (IOException e) {
      throw new UncheckedIOException("mapping " + file, e);
    }
  }

  /** Returns the buffer that holds an image. Callers must not change its position or limit. */
  public ByteBuffer buffer(int slot) {
    return segments.get(slot / imagesPerSegment);
  }

  /** Returns the index of the image's first byte in its buffer. */
  public int offset(int slot) {
    return slot % imagesPerSegment * imageBytes;
  }

  /** Deletes the file. */
  @Override
  public void close() {
    segments.clear();
    try {
      channel.close();
    } catch (IOException e) {
      throw new UncheckedIOException("deleting " + file, e);
    }
  }
}
