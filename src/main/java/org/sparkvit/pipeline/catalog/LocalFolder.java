package org.sparkvit.pipeline.catalog;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Iterator;
import java.util.Locale;
import java.util.stream.Stream;
import org.apache.hadoop.fs.Path;
import org.sparkvit.loading.Storage;

/**
 * Lists a folder of the local disk. Unlike Hadoop's listing it finds names of any bytes in any
 * locale, recognises links, and opens neither pipes nor devices.
 */
final class LocalFolder implements Iterator<Found> {
  private static final String NOT_UTF8 =
      "its name is not UTF-8; rename it, e.g. with convmv -f latin1 -t utf8";

  private final Path root;
  private final Path folder;
  private final DirectoryStream<java.nio.file.Path> stream;
  private final Iterator<java.nio.file.Path> entries;

  /**
   * Opens a folder.
   *
   * @param root the input that it belongs to: {@code folder} or a folder above
   * @throws java.nio.file.AccessDeniedException when it may not be listed
   * @throws FileNotFoundException when it does not exist
   */
  @SuppressWarnings("StreamResourceLeak") // closed at its end, see hasNext, and by close
  LocalFolder(Path root, Path folder) throws IOException {
    this.root = root;
    this.folder = folder;
    try {
      stream = Files.newDirectoryStream(Storage.local(folder));
    } catch (NoSuchFileException e) {
      FileNotFoundException missing = new FileNotFoundException(folder + " does not exist");
      missing.initCause(e);
      throw missing;
    }
    entries = stream.iterator();
  }

  @Override
  public boolean hasNext() {
    boolean more = entries.hasNext();
    if (!more) {
      try {
        stream.close();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return more;
  }

  @Override
  public Found next() {
    java.nio.file.Path entry = entries.next();
    byte[] bytes = nameOf(entry);
    String name = text(bytes);
    boolean unnameable = name == null;
    Path path = child(unnameable ? escaped(bytes) : name);
    BasicFileAttributes file;
    try {
      file = Files.readAttributes(entry, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    } catch (IOException e) {
      // Gone since, or not for this user: reading it will tell.
      return unnameable
          ? Found.skipped(path, SkipReason.UNNAMEABLE, NOT_UTF8)
          : Found.file(path, 0, 0);
    }
    boolean link = file.isSymbolicLink();
    if (link) {
      try {
        file = Files.readAttributes(entry, BasicFileAttributes.class);
      } catch (IOException e) {
        return Found.skipped(path, SkipReason.DANGLING_LINK, "links to " + target(entry));
      }
    }
    if (file.isDirectory()) {
      if (unnameable) {
        return Found.skipped(
            path, SkipReason.UNNAMEABLE, NOT_UTF8 + "; a folder of " + count(entry) + " files");
      }
      return link && isListedElsewhere(entry)
          ? Found.skipped(path, SkipReason.REPEATED_LINK, "links to " + target(entry))
          : Found.folder(path);
    }
    if (!file.isRegularFile()) {
      return Found.skipped(path, SkipReason.SPECIAL_FILE, "a pipe, socket or device");
    }
    long modified = file.lastModifiedTime().toMillis();
    return unnameable
        ? Found.unreadable(path, file.size(), modified, NOT_UTF8)
        : Found.file(path, file.size(), modified);
  }

  private Path child(String name) {
    String parent = folder.toUri().getPath();
    // By parts: a text with a colon in it would be taken for a URI.
    return new Path(
        folder.toUri().getScheme(),
        folder.toUri().getAuthority(),
        (parent.endsWith("/") ? parent : parent + "/") + name);
  }

  /** Returns the bytes of a name on the disk, which the path's text may have lost. */
  private static byte[] nameOf(java.nio.file.Path entry) {
    String uri = entry.toUri().getRawPath();
    int end = uri.endsWith("/") ? uri.length() - 1 : uri.length();
    String name = uri.substring(uri.lastIndexOf('/', end - 1) + 1, end);
    ByteBuffer bytes = ByteBuffer.allocate(name.length());
    for (int i = 0; i < name.length(); i++) {
      if (name.charAt(i) == '%') {
        bytes.put((byte) Integer.parseInt(name.substring(i + 1, i + 3), 16));
        i += 2;
      } else {
        bytes.put((byte) name.charAt(i));
      }
    }
    byte[] exact = new byte[bytes.position()];
    bytes.flip().get(exact);
    return exact;
  }

  /** Returns a name as text, or null where it is not UTF-8. */
  private static String text(byte[] name) {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(name)).toString();
    } catch (CharacterCodingException e) {
      return null;
    }
  }

  /**
   * Returns a name with every byte beyond ASCII as {@code \xE9}, so that different names stay
   * different.
   */
  private static String escaped(byte[] name) {
    StringBuilder text = new StringBuilder();
    for (byte part : name) {
      if (part < 0) {
        text.append(String.format(Locale.ROOT, "\\x%02X", part & 0xFF));
      } else {
        text.append((char) part);
      }
    }
    return text.toString();
  }

  private static String target(java.nio.file.Path link) {
    try {
      return Files.readSymbolicLink(link).toString();
    } catch (IOException e) {
      return "something that cannot be read";
    }
  }

  private static long count(java.nio.file.Path folder) {
    try (Stream<java.nio.file.Path> files = Files.walk(folder)) {
      return files.filter(Files::isRegularFile).count();
    } catch (IOException | UncheckedIOException e) {
      return 0;
    }
  }

  /**
   * Returns whether a link to a folder leads to where this walk passes anyway: into the input, to a
   * folder above it, or back into another link that led here. Following it would return files
   * twice, or never end.
   */
  private boolean isListedElsewhere(java.nio.file.Path link) {
    try {
      java.nio.file.Path target = link.toRealPath();
      for (Path above = folder; above != null; above = above.getParent()) {
        java.nio.file.Path real = Storage.local(above).toRealPath();
        if (target.startsWith(real) || real.startsWith(target)) {
          return true;
        }
        if (above.equals(root)) {
          return false;
        }
      }
      return false;
    } catch (FileSystemException e) {
      return false; // it is not there any more, which its listing will say
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
