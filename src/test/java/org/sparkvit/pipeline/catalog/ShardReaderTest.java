package org.sparkvit.pipeline.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.sparkvit.pipeline.catalog.CatalogRun.image;
import static org.sparkvit.pipeline.catalog.CatalogRun.tar;
import static org.sparkvit.pipeline.catalog.CatalogRun.write;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.Row;
import org.apache.spark.util.SerializableConfiguration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkvit.faults.Mutations;

/** What is read of a tar file, before it is known what its members mean. */
class ShardReaderTest {
  private static final int RECORD = 512;

  @TempDir private Path temp;

  private static List<WebDatasetSample> read(Path tar, long maxHeld) throws IOException {
    ShardReader reader =
        new ShardReader(new SerializableConfiguration(new Configuration()), Set.of(), maxHeld);
    List<WebDatasetSample> samples = new ArrayList<>();
    Iterator<WebDatasetSample> read =
        reader.samples(new WebDatasetSample.Shard(tar.toUri().toString(), tar.toUri().toString()));
    read.forEachRemaining(samples::add);
    return samples;
  }

  private static List<WebDatasetSample> read(Path tar) throws IOException {
    return read(tar, ShardReader.MAX_HELD);
  }

  /** The keys, each with its suffixes in order. */
  private static Map<String, String> joined(List<WebDatasetSample> samples) {
    return samples.stream()
        .filter(sample -> sample.problem() == null && sample.skipped() == null)
        .collect(
            Collectors.toMap(
                WebDatasetSample::key,
                sample ->
                    sample.members().stream()
                        .map(WebDatasetSample.Member::suffix)
                        .sorted()
                        .collect(Collectors.joining(" "))));
  }

  private static String problem(List<WebDatasetSample> samples) {
    return samples.stream()
        .map(WebDatasetSample::problem)
        .filter(problem -> problem != null)
        .collect(Collectors.joining());
  }

  private Path imagesThenLabels(int number) throws IOException {
    List<Object> members = new ArrayList<>();
    for (String end : List.of(".jpg", ".cls")) {
      for (int i = 0; i < number; i++) {
        members.add(String.format(Locale.ROOT, "%06d", i) + end);
        members.add("x");
      }
    }
    return tar(temp.resolve("late.tar"), members.toArray());
  }

  @Test
  void keysEndAtTheFirstDotOfTheNameAndFoldersKeepThemApart() throws IOException {
    Path tar =
        tar(
            temp.resolve("a.tar"),
            "v1.0/a/0001.jpg",
            "1",
            "v1.0/b/0001.jpg",
            "2",
            "v1.0/b/0001.SEG.PNG",
            "3",
            "./v1.0/a/0001.cls",
            "4",
            "README",
            "5");
    assertThat(joined(read(tar)))
        .containsOnly(
            Map.entry("v1.0/a/0001", "cls jpg"),
            Map.entry("v1.0/b/0001", "jpg seg.png"),
            Map.entry("README", ""));
  }

  @Test
  void labelsBehindAllImagesAreJoinedAsLongAsTheShardIsHeld() throws IOException {
    Path tar = imagesThenLabels(2_000);
    assertThat(joined(read(tar))).hasSize(2_000).values().containsOnly("cls jpg");
    // Too large to hold: the oldest are given away, and one that comes back is named.
    assertThat(problem(read(tar, 100_000)))
        .contains("late.tar' has more labels and names than are held at once")
        .contains("'000000.cls' comes long after the rest of its sample '000000'")
        .contains("--sort=name");
  }

  @Test
  void sortedShardsOfAnySizeAreReadWithLittleMemory() throws IOException {
    List<Object> members = new ArrayList<>();
    for (int i = 0; i < 3_000; i += 2) {
      // Neighbours are mixed: 0.jpg 1.jpg 0.cls 1.cls
      members.addAll(List.of(i + ".jpg", "x", i + 1 + ".jpg", "x", i + ".cls", "a"));
      members.addAll(List.of(i + 1 + ".cls", "b"));
    }
    Path tar = tar(temp.resolve("large.tar"), members.toArray());
    assertThat(joined(read(tar, 20_000))).hasSize(3_000).values().containsOnly("cls jpg");
  }

  @Test
  void aMemberThatIsThereTwiceIsAMistake() throws IOException {
    assertThat(problem(read(tar(temp.resolve("a.tar"), "1.jpg", "x", "1.cls", "a", "1.cls", "b"))))
        .contains("a.tar' has '1.cls' twice");
    assertThat(problem(read(tar(temp.resolve("b.tar"), "1.jpg", "x", "2.jpg", "y", "1.jpg", "z"))))
        .contains("b.tar' has '1.jpg' twice");
    assertThat(problem(read(tar(temp.resolve("c.tar"), "1.jpg", "x", "1.JPG", "y"))))
        .contains("c.tar' has '1.jpg' and '1.JPG', which are one member of one sample");
  }

  @Test
  void byteOrderMarksGoAndTextThatIsNotUtf8IsSaid() throws IOException {
    Path tar =
        tar(
            temp.resolve("a.tar"),
            "1.cls",
            "\uFEFFcafé\r\n",
            "2.cls",
            "caf\u00e9".getBytes(StandardCharsets.ISO_8859_1),
            "3.json",
            "x".repeat((1 << 20) + 1));
    List<WebDatasetSample> samples = read(tar);
    assertThat(samples.get(0).member("cls").text()).isEqualTo("café\r\n");
    assertThat(samples.get(1).member("cls").flaw()).startsWith("is not UTF-8");
    assertThat(samples.get(2).member("json").flaw()).startsWith("is larger than 1 MiB");
  }

  @Test
  void linksFoldersDevicesAndHiddenMembersAreNoSamples() throws IOException {
    Path file = temp.resolve("a.tar");
    try (TarArchiveOutputStream tar = new TarArchiveOutputStream(Files.newOutputStream(file))) {
      for (byte type :
          new byte[] {
            TarConstants.LF_SYMLINK, TarConstants.LF_LINK, TarConstants.LF_FIFO, TarConstants.LF_CHR
          }) {
        TarArchiveEntry entry = new TarArchiveEntry(type + ".jpg", type);
        entry.setLinkName("b.jpg");
        tar.putArchiveEntry(entry);
        tar.closeArchiveEntry();
      }
      for (String name : List.of("folder/", "._b.jpg", ".DS_Store", "__MACOSX/b.jpg", "b.jpg")) {
        tar.putArchiveEntry(new TarArchiveEntry(name));
        tar.closeArchiveEntry();
      }
    }
    List<WebDatasetSample> samples = read(file);
    assertThat(joined(samples)).containsOnly(Map.entry("b", "jpg"));
    assertThat(samples.stream().map(WebDatasetSample::skipped).filter(reason -> reason != null))
        .containsExactly(
            SkipReason.SPECIAL_FILE,
            SkipReason.SPECIAL_FILE,
            SkipReason.SPECIAL_FILE,
            SkipReason.SPECIAL_FILE,
            SkipReason.HIDDEN,
            SkipReason.HIDDEN,
            SkipReason.HIDDEN);
  }

  @Test
  void longNamesOfEitherFormAreReadAndNamesThatAreNotUtf8AreSaid() throws IOException {
    String name = "ä".repeat(90) + "/" + "b".repeat(120) + ".jpg";
    for (int form : new int[] {TarArchiveOutputStream.LONGFILE_GNU, 3}) {
      Path file = temp.resolve("long" + form + ".tar");
      named(file, name, form, StandardCharsets.UTF_8);
      List<WebDatasetSample> samples = read(file);
      assertThat(samples.get(0).members().get(0).name()).isEqualTo(name);
      assertThat(samples.get(0).members().get(0).offset()).isGreaterThan(2 * RECORD);
    }
    Path latin = temp.resolve("latin.tar");
    assertThat(joined(read(tar(temp.resolve("mark.tar"), "wh?t/ä.jpg", "x"))))
        .containsKey("wh?t/ä");
    named(latin, "café/1.jpg", TarArchiveOutputStream.LONGFILE_GNU, StandardCharsets.ISO_8859_1);
    assertThat(problem(read(latin)))
        .contains("latin.tar' has a member whose name is not UTF-8: 'caf?/1.jpg'");
  }

  private static void named(Path file, String name, int longNames, Charset charset)
      throws IOException {
    try (TarArchiveOutputStream tar =
        new TarArchiveOutputStream(Files.newOutputStream(file), charset.name())) {
      tar.setLongFileMode(longNames);
      TarArchiveEntry entry = new TarArchiveEntry(name);
      entry.setSize(3);
      tar.putArchiveEntry(entry);
      tar.write(new byte[] {1, 2, 3});
      tar.closeArchiveEntry();
    }
  }

  @Test
  void tarFilesThatWerePutTogetherAndDamagedHeadersAreSaid() throws IOException {
    byte[] one = Files.readAllBytes(tar(temp.resolve("a.tar"), "1.jpg", "x", "1.cls", "a"));
    ByteArrayOutputStream two = new ByteArrayOutputStream();
    two.write(one);
    two.write(one);
    assertThat(problem(read(write(temp, "two.tar", two.toByteArray()))))
        .contains("two.tar' has more behind the mark that ends a tar file");
    byte[] damaged = one.clone();
    damaged[2 * RECORD]++; // the first letter of '1.cls'
    assertThat(problem(read(write(temp, "damaged.tar", damaged))))
        .contains("damaged.tar' has a damaged header before byte 1536, of '2.cls'");
    assertThat(problem(read(write(temp, "empty.tar", new byte[0]))))
        .contains("empty.tar' is empty: was it never written?");
    assertThat(read(write(temp, "zeros.tar", new byte[10_240]))).isEmpty();
  }

  /** Sound shards of the forms that there are; what is changed in them is drawn by a seed. */
  private List<byte[]> originals() throws IOException {
    List<byte[]> originals = new ArrayList<>();
    byte[] picture = Arrays.copyOf(image("jpg", 1), 700);
    Object[] members = {
      "a.jpg",
      picture,
      "a.cls",
      "cat",
      "b.jpg",
      picture,
      "b.json",
      "{\"label\": 1.0, \"n\": [2]}",
      "c/d.png",
      picture,
      "c/d.txt",
      "ein Hund",
      "c/d.seg.png",
      "mask",
      "._e",
      "x"
    };
    originals.add(Files.readAllBytes(tar(temp.resolve("plain.tar"), members)));
    for (int form : new int[] {TarArchiveOutputStream.LONGFILE_GNU, 3}) {
      Path file = temp.resolve("form" + form + ".tar");
      named(file, "ä".repeat(120) + ".jpg", form, StandardCharsets.UTF_8);
      originals.add(Files.readAllBytes(file));
    }
    return originals;
  }

  /** Fields of a header, whose checksum is right again afterwards, or bytes anywhere. */
  private static byte[] mutant(byte[] original, Random random) {
    if (random.nextInt(3) == 0) {
      return Mutations.anywhere(original, random);
    }
    byte[] mutant = original.clone();
    List<Integer> headers = new ArrayList<>();
    for (int at = 0; at < mutant.length; at += RECORD) {
      if (new String(mutant, at + 257, 5, StandardCharsets.US_ASCII).equals("ustar")) {
        headers.add(at);
      }
    }
    int header = headers.get(random.nextInt(headers.size()));
    switch (random.nextInt(5)) {
      case 0 -> { // a size in base 256, up to 9e18 and below 0
        long[] sizes = {
          9_000_000_000_000_000_000L, -1, Long.MIN_VALUE, 1L << 40, random.nextInt(4000)
        };
        ByteBuffer.wrap(mutant)
            .put(header + 124, (byte) 0x80)
            .putLong(header + 128, sizes[random.nextInt(sizes.length)]);
        if (random.nextBoolean()) {
          Arrays.fill(mutant, header + 124, header + 128, (byte) 0xFF);
        }
      }
      case 1 -> { // a size in octal
        String[] sizes = {"77777777777", "00000000000", "-0000000001", "        ", "00000001000"};
        byte[] size = sizes[random.nextInt(sizes.length)].getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(size, 0, mutant, header + 124, size.length);
      }
      case 2 -> { // a name
        String[] names = {
          "a.jpg", "a.cls", "/etc/x.jpg", "../../x.jpg", "", ".", "a/", "\u00ff.jpg"
        };
        byte[] name = names[random.nextInt(names.length)].getBytes(StandardCharsets.ISO_8859_1);
        Arrays.fill(mutant, header, header + 100, (byte) 0);
        System.arraycopy(name, 0, mutant, header, name.length);
      }
      case 3 -> mutant[header + 156] = (byte) "0123456789xgLKSDVMNA\0".charAt(random.nextInt(21));
      default -> mutant[header + random.nextInt(RECORD)] = (byte) random.nextInt(256);
    }
    if (random.nextInt(4) > 0) {
      byte[] blank = "        ".getBytes(StandardCharsets.US_ASCII);
      System.arraycopy(blank, 0, mutant, header + 148, 8);
      int sum = 0;
      for (int i = 0; i < RECORD; i++) {
        sum += mutant[header + i] & 0xFF;
      }
      byte[] written =
          String.format(Locale.ROOT, "%06o\0 ", sum).getBytes(StandardCharsets.US_ASCII);
      System.arraycopy(written, 0, mutant, header + 148, 8);
    }
    return mutant;
  }

  @Test
  void mutatedShardsAreRowsOrAProblemInOneLine() throws IOException {
    SampleRule rule =
        new SampleRule(
            SampleRule.ANY,
            "json",
            null,
            null,
            Set.of("txt"),
            Set.of("cls", "json", "txt"),
            true,
            true,
            false,
            true);
    Path file = temp.resolve("mutant.tar");
    Map<String, Integer> outcomes =
        Mutations.tried(
            "tar shards",
            originals(),
            ShardReaderTest::mutant,
            600,
            21,
            mutant -> {
              Files.write(file, mutant);
              int images = 0;
              for (WebDatasetSample sample : read(file)) {
                for (Iterator<Row> rows = rule.rows(sample); rows.hasNext(); ) {
                  Row row = rows.next();
                  String problem = row.getString(Listing.SCHEMA.fieldIndex(Listing.PROBLEM));
                  if (problem != null) {
                    assertThat(problem).startsWith("shard '").contains("mutant.tar' ");
                    return "problem";
                  }
                  assertThat(row.length()).isEqualTo(Listing.SCHEMA.length());
                  if (row.isNullAt(Listing.SCHEMA.fieldIndex(Listing.SKIPPED))) {
                    long offset = row.getLong(Listing.AT_OFFSET);
                    assertThat(offset).isBetween((long) RECORD, (long) mutant.length);
                    assertThat(row.getLong(Listing.AT_BYTES)).isBetween(0L, mutant.length - offset);
                    images++;
                  }
                }
              }
              return images == 0 ? "no images" : "images";
            });
    assertThat(outcomes.keySet()).contains("problem", "images");
  }
}
