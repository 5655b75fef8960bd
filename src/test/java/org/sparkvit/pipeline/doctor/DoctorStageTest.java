package org.sparkvit.pipeline.doctor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkvit.SparkTest;
import org.sparkvit.core.UserException;
import org.sparkvit.core.options.Options;
import org.sparkvit.image.codec.ImageDecoder;
import org.sparkvit.model.runtime.PyTorchRuntime;

class DoctorStageTest extends SparkTest {
  @TempDir private Path folder;
  private final List<String> said = new ArrayList<>();

  private void run(Object... options) {
    List<Object> all = new ArrayList<>(List.of("workspace", folder.toString()));
    all.addAll(List.of(options));
    new DoctorStage().run(spark, Options.with(DoctorConfig.class, all.toArray()), said::add);
  }

  @Test
  void saysWhatThisProcessHas() {
    run();
    assertThat(said)
        .anyMatch(line -> line.equals("doctor: Spark " + spark.version() + "; 1 process"))
        .anyMatch(line -> line.contains("java: " + System.getProperty("java.runtime.version")))
        .anyMatch(line -> line.contains("pytorch: 2.7.1"))
        .anyMatch(line -> line.contains("libheif: " + ImageDecoder.heifSupport().description()))
        .anyMatch(line -> line.matches(" +ok +--workspace .*: reached, within [\\d,]+ ms"));
  }

  @Test
  void whatCannotBeReachedFailsWithTheReason() {
    assertThatThrownBy(() -> run("input", "nowhere://bucket/images"))
        .isInstanceOf(UserException.class)
        .hasMessageMatching("jobs would fail on driver on .*'failure' say why");
    assertThat(said)
        .anyMatch(line -> line.matches(" +failure --input nowhere://bucket/images: .*nowhere.*"));
  }

  @Test
  void imagesThatAreNotThereFailAndAWorkspaceMayBeAbsent() {
    assertThatThrownBy(() -> run("input", folder.resolve("typo")))
        .isInstanceOf(UserException.class);
    assertThat(said).anyMatch(line -> line.matches(" +failure --input .*typo: does not exist"));
    run("workspace", folder.resolve("later"));
    assertThat(said)
        .anyMatch(line -> line.matches(" +ok +--workspace .*later: storage reached, nothing .*"));
  }

  @Test
  void aGpuThatIsNotThereFailsOnlyWhereItIsAskedFor() {
    org.junit.jupiter.api.Assumptions.assumeTrue(
        PyTorchRuntime.gpuCount() == 0, "this machine has a GPU");
    assertThatCode(() -> run("device", "auto")).doesNotThrowAnyException();
    assertThatThrownBy(() -> run("device", "gpu")).isInstanceOf(UserException.class);
    assertThat(said).anyMatch(line -> line.matches(" +failure gpu: 0 for PyTorch; .*"));
  }

  @Test
  void executorsThatDoNotAnswerAreMissed() {
    assertThatThrownBy(() -> run("executors", 2))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("--executors asks for 2 but 0 answered");
  }

  @Test
  void processesThatAreAlikeShareALine() {
    Fact many = Fact.ok("cores", "8");
    Fact few = Fact.warning("cores", "1", "take more");
    assertThat(
            DoctorStage.lines(
                "3.5.7",
                List.of(
                    new Examination("0", "a", 0, List.of(many)),
                    new Examination("1", "b", 0, List.of(many)),
                    new Examination("2", "c", 0, List.of(few)))))
        .containsExactly(
            "doctor: Spark 3.5.7; 3 processes",
            "  ok      cores: 8  [executor 0 on a, executor 1 on b]",
            "  warning cores: 1  [executor 2 on c]",
            "          take more");
  }
}
