package org.sparkvit.faults;

import java.io.IOException;
import java.io.OutputStream;
import java.lang.reflect.Constructor;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.hadoop.fs.FSError;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.hadoop.fs.permission.FsPermission;

/** The local disk with as much room as a test leaves it. */
public final class FullDiskFileSystem extends LocalFileSystem {
  private static final AtomicLong ROOM = new AtomicLong(Long.MAX_VALUE);

  public FullDiskFileSystem() {
    super(new Disk());
  }

  static void leave(long bytes) {
    ROOM.set(bytes);
  }

  static long room() {
    return ROOM.get();
  }

  private static final class Disk extends RawLocalFileSystem {
    @Override
    protected OutputStream createOutputStreamWithMode(
        Path file, boolean append, FsPermission permission) throws IOException {
      return new Bounded(super.createOutputStreamWithMode(file, append, permission));
    }
  }

  /** Writes what fits, as a disk does, and then fails. */
  private static final class Bounded extends OutputStream {
    private final OutputStream out;

    Bounded(OutputStream out) {
      this.out = out;
    }

    @Override
    public void write(int b) throws IOException {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      long before = ROOM.getAndUpdate(room -> Math.max(0, room - length));
      out.write(bytes, offset, (int) Math.min(before, length));
      if (before < length) {
        throw full();
      }
    }

    /** What Hadoop throws there, which has no constructor for others. */
    private static FSError full() {
      try {
        Constructor<FSError> constructor = FSError.class.getDeclaredConstructor(Throwable.class);
        constructor.setAccessible(true);
        return constructor.newInstance(new IOException("No space left on device"));
      } catch (ReflectiveOperationException e) {
        throw new LinkageError("FSError", e);
      }
    }

    @Override
    public void flush() throws IOException {
      out.flush();
    }

    @Override
    public void close() throws IOException {
      out.close();
    }
  }
}
