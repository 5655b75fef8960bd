package org.sparkvit.pipeline.catalog;

import java.io.IOException;
import java.io.InputStream;
import java.io.PushbackInputStream;
import java.io.Reader;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.Charset;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.sparkvit.core.UserException;

/**
 * Reads the text of a table that a person made. Bytes that are invalid in its encoding are an error
 * that says their place, where Java's own readers would put a question mark into a class's name.
 * Every line end, CR, LF or both, is read as LF. A byte order mark takes precedence over the given
 * encoding, as in browsers.
 */
final class TextReader extends Reader {
  private static final int MARK = 4;
  private static final int BUFFER = 1 << 16;

  /**
   * The byte order marks and their encodings, the longer ones first, as that of UTF-32 begins with
   * that of UTF-16.
   */
  private static final List<Map.Entry<byte[], Charset>> MARKS =
      List.of(
          Map.entry(new byte[] {(byte) 0xFF, (byte) 0xFE, 0, 0}, Charset.forName("UTF-32LE")),
          Map.entry(new byte[] {0, 0, (byte) 0xFE, (byte) 0xFF}, Charset.forName("UTF-32BE")),
          Map.entry(new byte[] {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF}, StandardCharsets.UTF_8),
          Map.entry(new byte[] {(byte) 0xFF, (byte) 0xFE}, StandardCharsets.UTF_16LE),
          Map.entry(new byte[] {(byte) 0xFE, (byte) 0xFF}, StandardCharsets.UTF_16BE));

  private final String name;
  private final InputStream in;
  private final Charset charset;
  private final CharsetDecoder decoder;
  private final ByteBuffer bytes = ByteBuffer.allocate(BUFFER).flip();
  private final CharBuffer chars = CharBuffer.allocate(BUFFER).flip();
  private long position;
  private long line = 1;
  private boolean ended;
  private boolean flushed;
  private boolean afterReturn;

  /**
   * Looks for a byte order mark.
   *
   * @param name the name of the text, for messages, such as {@code manifest 'a.csv'}
   * @param given the encoding of a text without a byte order mark
   */
  TextReader(String name, InputStream in, Charset given) throws IOException {
    this.name = name;
    PushbackInputStream ahead = new PushbackInputStream(in, MARK);
    byte[] start = ahead.readNBytes(MARK);
    Map.Entry<byte[], Charset> mark =
        MARKS.stream().filter(known -> startsWith(start, known.getKey())).findFirst().orElse(null);
    int length = mark == null ? 0 : mark.getKey().length;
    ahead.unread(start, length, start.length - length);
    this.in = ahead;
    this.position = length;
    this.charset = mark == null ? given : mark.getValue();
    this.decoder =
        charset
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPORT)
            .onUnmappableCharacter(CodingErrorAction.REPORT);
  }

  /**
   * Returns the encoding of one of its usual names, including Python's.
   *
   * @throws UserException when this Java does not know it
   */
  static Charset charset(String name) {
    String plain = name.strip().toLowerCase(Locale.ROOT).replaceFirst("^latin-(\\d+)$", "latin$1");
    try {
      return Charset.forName(plain.equals("utf-8-sig") ? "utf-8" : plain);
    } catch (IllegalArgumentException e) {
      throw new UserException(
          "--encoding is '" + name + "'; use utf-8, latin-1, windows-1252, utf-16 or the like", e);
    }
  }

  /** Returns the encoding of the text. */
  Charset charset() {
    return charset;
  }

  /**
   * Reads characters. Where the text is broken, it returns those before that place, and throws at
   * the next call.
   *
   * @throws UserException where bytes are invalid in the encoding; the message has line and byte
   */
  @Override
  public int read(char[] target, int offset, int length) throws IOException {
    Objects.checkFromIndexSize(offset, length, target.length);
    if (length == 0) {
      return 0;
    }
    int read = 0;
    while (read < length) {
      if (!chars.hasRemaining() && (read > 0 || !fill())) {
        return read == 0 ? -1 : read;
      }
      char next = chars.get();
      boolean second = next == '\n' && afterReturn;
      afterReturn = next == '\r';
      if (second) {
        continue;
      }
      if (next == '\r') {
        next = '\n';
      }
      if (next == '\n') {
        line++;
      } else if (next == 0) {
        throw new UserException(
            name
                + " line "
                + line
                + " has a zero character: it is no text, or is written in another encoding than "
                + charset
                + "; pass --encoding, e.g. utf-16le");
      }
      target[offset + read++] = next;
    }
    return read;
  }

  /** Decodes until there are characters. Returns false at the end of the text. */
  private boolean fill() throws IOException {
    chars.clear();
    while (chars.position() == 0 && !flushed) {
      int before = bytes.position();
      CoderResult result = decoder.decode(bytes, chars, ended);
      position += bytes.position() - before;
      if (result.isError() && chars.position() == 0) {
        chars.flip();
        throw malformed(result.length());
      }
      if (result.isError() || result.isOverflow()) {
        break;
      }
      if (ended) {
        decoder.flush(chars);
        flushed = true;
        break;
      }
      bytes.compact();
      int read = in.read(bytes.array(), bytes.position(), bytes.remaining());
      ended = read < 0;
      bytes.position(bytes.position() + Math.max(0, read)).flip();
    }
    chars.flip();
    return chars.hasRemaining();
  }

  private UserException malformed(int length) {
    StringBuilder hex = new StringBuilder();
    for (int i = 0; i < length && i < bytes.remaining(); i++) {
      hex.append(String.format(Locale.ROOT, " %02X", bytes.get(bytes.position() + i)));
    }
    return new UserException(
        name
            + " line "
            + line
            + ", byte "
            + (position + 1)
            + ", is not "
            + charset
            + " ("
            + hex.toString().strip()
            + "); pass --encoding with what it is written in, e.g. windows-1252 or latin-1, or save"
            + " it as UTF-8");
  }

  @Override
  public void close() throws IOException {
    in.close();
  }

  private static boolean startsWith(byte[] bytes, byte[] start) {
    if (bytes.length < start.length) {
      return false;
    }
    for (int i = 0; i < start.length; i++) {
      if (bytes[i] != start[i]) {
        return false;
      }
    }
    return true;
  }
}
