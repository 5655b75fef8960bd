package org.sparkvit.image.codec;

import java.io.IOException;
import java.io.InterruptedIOException;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.ImageInputStreamImpl;

/**
 * Stops a decode from outside. Once stopped, every read from its streams fails, so that a decoder
 * that is out of time does not go on unobserved. A decoder that keeps reading behind the end, as
 * some do on damaged files, is stopped as well.
 */
final class DecodeClock {
  /**
   * The number of reads behind the end after which a decoder is stopped. It is far above the
   * look-ahead of any decoder.
   */
  private static final int MOST_READS_BEHIND_END = 1 << 14;

  private volatile boolean stopped;

  void stop() {
    stopped = true;
  }

  /**
   * Stops a decoder that has no stream, once its time is over. Such a decoder calls this regularly.
   */
  void check() throws InterruptedIOException {
    if (stopped) {
      throw new InterruptedIOException("out of time");
    }
  }

  /** Returns an ImageIO stream over bytes in memory, which are not copied. */
  ImageInputStream open(byte[] bytes) {
    return new MemoryStream(bytes);
  }

  private final class MemoryStream extends ImageInputStreamImpl {
    private final byte[] bytes;
    private int readsBehindEnd;

    MemoryStream(byte[] bytes) {
      this.bytes = bytes;
    }

    @Override
    public int read() throws IOException {
      check();
      bitOffset = 0;
      return streamPos >= bytes.length ? behindEnd() : bytes[(int) streamPos++] & 0xFF;
    }

    @Override
    public int read(byte[] into, int from, int length) throws IOException {
      check();
      bitOffset = 0;
      if (length == 0) {
        return 0;
      } else if (streamPos >= bytes.length) {
        return behindEnd();
      }
      int count = (int) Math.min(length, bytes.length - streamPos);
      System.arraycopy(bytes, (int) streamPos, into, from, count);
      streamPos += count;
      return count;
    }

    @Override
    public long length() {
      return bytes.length;
    }

    private int behindEnd() throws BadImageException {
      if (++readsBehindEnd > MOST_READS_BEHIND_END) {
        // Not an EOFException, which such decoders swallow.
        throw BadImageException.truncated("image data ends early");
      }
      return -1;
    }
  }
}
