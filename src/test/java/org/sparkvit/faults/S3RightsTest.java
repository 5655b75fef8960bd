package org.sparkvit.faults;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.FileUtil;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkvit.S3Server;
import org.sparkvit.SparkTest;
import org.sparkvit.cli.Main;

/**
 * Stages run with just the rights of {@code deploy/iam/job-policy.json}: a store that denies what
 * the policy does not allow is asked for nothing else.
 */
class S3RightsTest extends SparkTest {
  private static final int IMAGES = 100;

  /** What committers and S3A ask for after faults, or to find a bucket's region. */
  private static final Set<String> IN_RESERVE =
      Set.of("s3:AbortMultipartUpload", "s3:GetBucketLocation", "s3:ListBucketMultipartUploads");

  @TempDir private Path folder;

  private static S3Server s3;
  private static JsonNode policy;

  private final Set<String> used = new ConcurrentSkipListSet<>();
  private final Set<String> denied = new ConcurrentSkipListSet<>();

  @BeforeAll
  static void start() throws IOException {
    policy = new ObjectMapper().readTree(Path.of("deploy/iam/job-policy.json").toFile());
    s3 = S3Server.start();
    s3.configure(spark.sparkContext().hadoopConfiguration());
    s3.createBucket("your-images");
    s3.createBucket("your-workspace");
  }

  @AfterAll
  static void stop() throws IOException {
    FileSystem.closeAll();
    s3.close();
  }

  /** Returns the action that S3 checks for a request of {@code "VERB /bucket/key"}. */
  private static String action(String verb, String key) {
    if (key.isEmpty()) {
      return verb.equals("POST") ? "s3:DeleteObject" : "s3:ListBucket";
    }
    return switch (verb) {
      case "GET", "HEAD" -> "s3:GetObject";
      case "PUT", "POST" -> "s3:PutObject";
      default -> "s3:DeleteObject";
    };
  }

  private boolean denies(String request) {
    String[] words = request.split("[ /]+", 3);
    String key = words.length < 3 ? "" : words[2];
    String action = action(words[0], key);
    // The keys that a POST deletes are in its body.
    boolean onObject = !action.equals("s3:ListBucket");
    String arn = "arn:aws:s3:::" + words[1] + (onObject ? "/" + key : "");
    used.add(action);
    boolean allowed = allows(action, arn);
    if (!allowed) {
      denied.add(request);
    }
    return !allowed;
  }

  private static boolean allows(String action, String arn) {
    for (JsonNode statement : policy.path("Statement")) {
      if (texts(statement.path("Action")).contains(action)) {
        for (String resource : texts(statement.path("Resource"))) {
          // Buckets have small letters.
          String lower = resource.toLowerCase(Locale.ROOT);
          if (lower.endsWith("*")
              ? arn.startsWith(lower.substring(0, lower.length() - 1))
              : arn.equals(lower)) {
            return true;
          }
        }
      }
    }
    return false;
  }

  private static List<String> texts(JsonNode textOrArray) {
    return textOrArray.isArray()
        ? Arrays.asList(new ObjectMapper().convertValue(textOrArray, String[].class))
        : List.of(textOrArray.asText());
  }

  private static void run(String command, String... options) {
    Main.main(
        Stream.concat(Stream.of(command, "-w", "s3a://your-workspace/work"), Arrays.stream(options))
            .toArray(String[]::new));
  }

  @Test
  void stagesNeedNoMore() throws IOException {
    DrawnImages images = DrawnImages.sound(folder.resolve("images"), IMAGES);
    Path model = Scoring.smallModel(folder.resolve("vit"), 1);
    Configuration hadoop = spark.sparkContext().hadoopConfiguration();
    org.apache.hadoop.fs.Path input = new org.apache.hadoop.fs.Path("s3a://your-images/images");
    FileUtil.copy(images.folder().toFile(), input.getFileSystem(hadoop), input, false, hadoop);

    s3.disturb(S3Server.Fault.DENIED, Integer.MAX_VALUE, this::denies);
    run("catalog", "--input", input.toString());
    run("pack");
    run("split");
    run("score", "--model", model.toString(), "--device", "cpu", "--precision", "fp32");
    run("relabel", "--max-change-rate", "1");
    run("report");

    assertThat(denied).isEmpty();
    Set<String> granted = new TreeSet<>();
    for (JsonNode statement : policy.path("Statement")) {
      for (String action : texts(statement.path("Action"))) {
        if (action.startsWith("s3:") && !IN_RESERVE.contains(action)) {
          granted.add(action);
        }
      }
    }
    assertThat(used).isEqualTo(granted);
  }

  /** The test of the test: it would see a request that the policy does not allow. */
  @Test
  void requestsBeyondThePolicyAreSeen() {
    assertThat(denies("PUT /your-images/images/new.jpg")).isTrue();
    assertThat(denies("DELETE /your-images/images/old.jpg")).isTrue();
    assertThat(denies("GET /somebody/else")).isTrue();
    assertThat(denies("GET /your-images/images/old.jpg")).isFalse();
    assertThat(denies("POST /your-workspace/")).isFalse();
  }
}
