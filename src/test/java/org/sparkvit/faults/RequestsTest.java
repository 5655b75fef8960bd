package org.sparkvit.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkvit.S3Server;
import org.sparkvit.SparkTest;
import org.sparkvit.cli.Main;

/** How often the stages ask the storage of a workspace, on 400 images that lie on the disk. */
@Tag("slow")
class RequestsTest extends SparkTest {
  private static final int IMAGES = 400;
  private static final List<String> VERBS = List.of("GET", "HEAD", "LIST", "PUT", "DELETE");
  private static final String WORKSPACE = "s3a://bucket/workspace";

  @TempDir private Path folder;

  private static S3Server s3;

  @BeforeAll
  static void start() throws IOException {
    s3 = S3Server.start();
    Configuration hadoop = spark.sparkContext().hadoopConfiguration();
    s3.configure(hadoop);
    s3.createBucket("bucket");
  }

  @AfterAll
  static void stop() throws IOException {
    FileSystem.closeAll();
    s3.close();
  }

  private static Map<String, Integer> run(String command, String... options) {
    Map<String, Integer> before = counts();
    List<String> arguments = new ArrayList<>(List.of(command, "-w", WORKSPACE));
    arguments.addAll(List.of(options));
    Main.main(arguments.toArray(new String[0]));
    Map<String, Integer> counts = counts();
    counts.replaceAll((verb, count) -> count - before.get(verb));
    System.out.printf(Locale.ROOT, "requests of %s: %s%n", command, counts);
    return counts;
  }

  private static Map<String, Integer> counts() {
    Map<String, Integer> counts = new LinkedHashMap<>();
    VERBS.forEach(verb -> counts.put(verb, s3.requests(verb)));
    return counts;
  }

  private static int reads(Map<String, Integer> counts) {
    return counts.get("GET") + counts.get("HEAD") + counts.get("LIST");
  }

  @Test
  void stagesAskSeldom() throws IOException {
    DrawnImages images = DrawnImages.sound(folder.resolve("images"), IMAGES);
    Path model = Scoring.smallModel(folder.resolve("vit"), 1);
    run("catalog", "--input", images.folder().toString());
    Map<String, Integer> audit = run("audit");
    run("split");
    Map<String, Integer> score =
        run("score", "--model", model.toString(), "--device", "cpu", "--precision", "fp32");
    run("evaluate", "--resamples", "0");
    run("relabel", "--max-change-rate", "1");
    // It made 1,192 GET, 1,371 HEAD and 384 LIST when its tables were folders of parts.
    assertThat(reads(audit)).isLessThanOrEqualTo((1192 + 1371 + 384) / 5);
    assertThat(reads(score)).isLessThan(300);
    // Six tables with a mark, a record, an entry of the log and its folder each, and their files.
    assertThat(audit.get("PUT")).isLessThan(50);
    assertThat(audit.get("DELETE")).isLessThanOrEqualTo(1);
  }
}
