package org.sparkvit.loading;

import java.io.EOFException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.attribute.BasicFileAttributes;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.BufferedFSInputStream;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FSInputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;

/**
 * The file systems that users' files are read from: Hadoop's, except for the local disk. There
 * Hadoop finds no file with letters beyond ASCII where the process runs in the locale C, as many
 * jobs do. It also opens no file with a colon in its name, as it looks for a checksum beside it.
 */
public final class Storage {
  private static final String HEX = "0123456789ABCDEF";

  private Storage() {}

  /** Returns the file system to read a path with. It must not be used for writing. */
  public static FileSystem of(Path path, Configuration configuration) throws IOException {
    FileSystem fs = path.getFileSystem(configuration);
    return isLocal(fs) ? Local.READS : fs;
  }

  /** Returns whether a file system is that of the local disk. */
  public static boolean isLocal(FileSystem fs) {
    return fs instanceof LocalFileSystem
        || (fs instanceof RawLocalFileSystem && fs.getUri().getScheme().equals("file"));
  }

  /**
   * Returns the file of a path on the local disk. The name is passed byte by byte, in UTF-8. As
   * text it would go through the encoding of the process's locale.
   */
  public static java.nio.file.Path local(Path path) {
    StringBuilder uri = new StringBuilder("file://");
    for (byte part : path.toUri().getPath().getBytes(StandardCharsets.UTF_8)) {
      if (part == '/' || (part >= '0' && part <= '9') || (part >= 'a' && part <= 'z')) {
        uri.append((char) part);
      } else {
        uri.append('%').append(HEX.charAt((part >> 4) & 15)).append(HEX.charAt(part & 15));
      }
    }
    return java.nio.file.Path.of(URI.create(uri.toString()));
  }

  /**
   * Converts an exception about a local file to the one of Hadoop's file systems: a {@link
   * FileNotFoundException} means that the file does not exist, and nothing else.
   */
  static IOException asHadoops(Path path, IOException e) {
    if (e instanceof NoSuchFileException) {
      FileNotFoundException missing = new FileNotFoundException("File " + path + " does not exist");
      missing.initCause(e);
      return missing;
    }
    if (e instanceof AccessDeniedException) {
      AccessDeniedException denied =
          new AccessDeniedException(path.toString(), null, "Permission denied");
      denied.initCause(e);
      return denied;
    }
    if (e instanceof FileSystemException failure && failure.getReason() != null) {
      return new IOException(path + ": " + failure.getReason(), e);
    }
    return e;
  }

  /** Holds the local file system, which is created when it is first used. */
  private static final class Local {
    private static final LocalReads READS = new LocalReads();
  }

  /** Hadoop's local file system, with names of any letters. */
  private static final class LocalReads extends RawLocalFileSystem {
    private LocalReads() {
      try {
        initialize(URI.create("file:///"), new Configuration(false));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public String getScheme() {
      return "file";
    }

    @Override
    public FSDataInputStream open(Path path, int bufferSize) throws IOException {
      try {
        java.nio.file.Path file = local(makeQualified(path));
        if (Files.isDirectory(file)) {
          throw new IOException(path + " is a folder");
        }
        return new FSDataInputStream(
            new BufferedFSInputStream(new ChannelStream(FileChannel.open(file)), bufferSize));
      } catch (IOException e) {
        throw asHadoops(path, e);
      }
    }

    @Override
    public FileStatus getFileStatus(Path path) throws IOException {
      Path absolute = makeQualified(path);
      try {
        BasicFileAttributes file = Files.readAttributes(local(absolute), BasicFileAttributes.class);
        return new FileStatus(
            file.isDirectory() ? 0 : file.size(),
            file.isDirectory(),
            1,
            getDefaultBlockSize(absolute),
            file.lastModifiedTime().toMillis(),
            absolute);
      } catch (IOException e) {
        throw asHadoops(path, e);
      }
    }
  }

  /** A file as Hadoop reads it. */
  private static final class ChannelStream extends FSInputStream {
    private final FileChannel channel;

    private ChannelStream(FileChannel channel) {
      this.channel = channel;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
      return length == 0 ? 0 : channel.read(ByteBuffer.wrap(buffer, offset, length));
    }

    @Override
    public int read(long position, byte[] buffer, int offset, int length) throws IOException {
      return length == 0 ? 0 : channel.read(ByteBuffer.wrap(buffer, offset, length), position);
    }

    @Override
    public void seek(long position) throws IOException {
      if (position < 0) {
        throw new EOFException("position " + position + " is before the file's begin");
      }
      channel.position(position);
    }

    @Override
    public long getPos() throws IOException {
      return channel.position();
    }

    @Override
    public boolean seekToNewSource(long position) {
      return false;
    }

    @Override
    public int available() throws IOException {
      return (int) Math.min(Integer.MAX_VALUE, Math.max(0, channel.size() - channel.position()));
    }

    @Override
    public void close() throws IOException {
      channel.close();
    }
  }
}
