package org.sparkvit.faults;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.sparkvit.core.UserException;

/**
 * Hands mutants of sound files to a reader and counts what becomes of them. Mutant {@code i} is
 * drawn by the seed {@code seed + i} alone, so a mutant that fails is tried again on its own with
 * its seed and a count of 1.
 */
public final class Mutations {
  /** The outcome of a mutant that a reader refused with a {@link UserException} of one line. */
  public static final String REFUSED = "refused";

  /** What no mutant of a small file may take, on a busy machine. */
  private static final double MAX_SECONDS = 20;

  /** Numbers that overflow, turn negative or ask for all memory when they are taken for a size. */
  private static final long[] SIZES = {
    0, 1, -1, 127, 255, 65_535, Integer.MAX_VALUE, 1L << 31, 1L << 40, Long.MAX_VALUE, -(1L << 40)
  };

  private static final String[] WORDS = {
    "0", "-1", "9e18", "9000000000000000000", "99999999999999999999", "NaN", "1e999", "null", "[",
    "}", "\"", "\u0000", "\n", ",", "../", "/", "ä", "\ud83d\ude00"
  };

  private Mutations() {}

  /** Changes a copy of a file; all that it draws comes from {@code random}. */
  @FunctionalInterface
  public interface Mutator {
    /** A new array; {@code original} stays as it is. */
    byte[] mutant(byte[] original, Random random);
  }

  /** Reads a mutant. */
  @FunctionalInterface
  public interface Reader {
    /**
     * The kind of an allowed outcome, in a word or two. A {@link UserException} is one too; all
     * else that is thrown, assertions included, fails the test.
     */
    String outcome(byte[] mutant) throws Exception;
  }

  /**
   * Tries {@code count} mutants of the originals.
   *
   * @param what the kind of file, for the line of figures that is printed
   * @return how many mutants had each outcome
   * @throws AssertionError with the seed, when a mutant had any other outcome
   */
  public static Map<String, Integer> tried(
      String what, List<byte[]> originals, Mutator mutator, int count, long seed, Reader reader) {
    Map<String, Integer> outcomes = new TreeMap<>();
    long start = System.nanoTime();
    for (long own = seed; own < seed + count; own++) {
      Random random = new Random(own);
      byte[] original = originals.get(random.nextInt(originals.size()));
      outcomes.merge(outcome(what, own, mutator.mutant(original, random), reader), 1, Integer::sum);
    }
    System.out.printf(
        Locale.ROOT,
        "%s: %,d mutants in %.1f s: %s%n",
        what,
        count,
        (System.nanoTime() - start) / 1e9,
        outcomes);
    return outcomes;
  }

  // Whatever is thrown is what is looked for: errors of memory and of the stack, too.
  private static String outcome(String what, long seed, byte[] mutant, Reader reader) {
    String where = what + ", mutant of seed " + seed + ": ";
    long start = System.nanoTime();
    String outcome;
    try {
      outcome = reader.outcome(mutant);
    } catch (UserException e) {
      if (e.getMessage() == null || e.getMessage().lines().count() != 1) {
        throw new AssertionError(where + "not a line: " + e.getMessage(), e);
      }
      outcome = REFUSED;
    } catch (Throwable e) {
      throw new AssertionError(where + e, e);
    }
    double seconds = (System.nanoTime() - start) / 1e9;
    if (seconds > MAX_SECONDS) {
      throw new AssertionError(where + String.format(Locale.ROOT, "took %.1f s", seconds));
    }
    return outcome;
  }

  /**
   * One to four of: a bit flipped, a byte drawn anew, a number that is no sensible size, a word
   * that is no sensible value, a piece lost, doubled or filled, the end cut off.
   */
  public static byte[] anywhere(byte[] original, Random random) {
    byte[] mutant = original.clone();
    for (int i = 1 + random.nextInt(4); i > 0 && mutant.length > 0; i--) {
      mutant = changed(mutant, random);
    }
    return mutant;
  }

  private static byte[] changed(byte[] bytes, Random random) {
    int at = random.nextInt(bytes.length);
    int to = at + random.nextInt(Math.min(bytes.length - at, 1 << random.nextInt(12)) + 1);
    return switch (random.nextInt(9)) {
      case 0, 1 -> {
        bytes[at] ^= (byte) (1 << random.nextInt(8));
        yield bytes;
      }
      case 2 -> {
        bytes[at] = (byte) random.nextInt(256);
        yield bytes;
      }
      case 3 -> written(bytes, at, number(random));
      case 4 ->
          written(bytes, at, WORDS[random.nextInt(WORDS.length)].getBytes(StandardCharsets.UTF_8));
      case 5 -> joined(bytes, at, bytes, to); // lost
      case 6 -> joined(bytes, to, bytes, at); // doubled
      case 7 -> {
        Arrays.fill(bytes, at, to, (byte) (random.nextBoolean() ? 0 : 0xFF));
        yield bytes;
      }
      default -> Arrays.copyOf(bytes, at);
    };
  }

  private static byte[] number(Random random) {
    ByteBuffer buffer =
        ByteBuffer.allocate(8)
            .order(random.nextBoolean() ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN);
    long size = SIZES[random.nextInt(SIZES.length)];
    if (random.nextBoolean()) {
      buffer.putLong(size);
    } else {
      buffer.putInt((int) size);
    }
    return Arrays.copyOf(buffer.array(), buffer.position());
  }

  /** Writes over what is there. */
  private static byte[] written(byte[] bytes, int at, byte[] piece) {
    System.arraycopy(piece, 0, bytes, at, Math.min(piece.length, bytes.length - at));
    return bytes;
  }

  /** The first {@code end} bytes of {@code head}, and {@code tail} from {@code start} on. */
  private static byte[] joined(byte[] head, int end, byte[] tail, int start) {
    byte[] all = Arrays.copyOf(head, end + tail.length - start);
    System.arraycopy(tail, start, all, end, tail.length - start);
    return all;
  }
}
