package org.sparkvit.image;

import java.io.InterruptedIOException;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.ImageInputStreamImpl;

/**
 * Ends a decode from outside: once stopped, every read from its streams fails, so that a decoder
 * that is out of time does not work on unobserved.
 */
final class DecodeClock {
  private volatile boolean stopped;

  void stop() {
    stopped = true;
  }

  /** An ImageIO stream over bytes in memory, which are not copied. */
  ImageInputStream open(byte[] bytes) {
    return new MemoryStream(bytes);
  }

  private final class MemoryStream extends ImageInputStreamImpl {
    private final byte[] bytes;

    MemoryStream(byte[] bytes) {
      this.bytes = bytes;
    }

    @Override
    public int read() throws InterruptedIOException {
      check();
      bitOffset = 0;
      return streamPos >= bytes.length ? -1 : bytes[(int) streamPos++] & 0xFF;
    }

    @Override
    public int read(byte[] into, int from, int length) throws InterruptedIOException {
      check();
      bitOffset = 0;
      if (length == 0) {
        return 0;
      } else if (streamPos >= bytes.length) {
        return -1;
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

    private void check() throws InterruptedIOException {
      if (stopped) {
        throw new InterruptedIOException("out of time");
      }
    }
  }
}
