package org.sparkvit.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.sparkvit.core.UserException;
import picocli.CommandLine;

/** What is wrong with options shows before Spark starts. */
class TrainCommandTest {
  @ParameterizedTest
  @CsvSource({"--flip, true", "--no-flip, false", "--flip=false, false", "--epochs=3, true"})
  void flippingIsOnUnlessItIsTurnedOff(String option, String flips) {
    CommandLine main = Main.commandLine();
    main.parseArgs("train", "--workspace", "w", option);
    assertThat(
            main.getSubcommands()
                .get("train")
                .getCommandSpec()
                .findOption("--flip")
                .<Object>getValue())
        .hasToString(flips);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          --metric roc             | --metric is 'roc'; use accuracy, balanced-accuracy
          --image-size 30          | image_size 30 is not a multiple of patch_size 16
          --epochs 0               | --epochs is 0
          --batch-size 0           | --batch-size is 0
          --learning-rate 0        | --learning-rate is 0.0
          --learning-rate NaN      | --learning-rate: 'NaN' is no number
          --min-learning-rate 1    | --min-learning-rate is 1.0
          --warmup-ratio 1         | --warmup-ratio is 1.0
          --clip-norm -1           | --clip-norm is -1.0
          --patience -1            | --patience is -1
          --crop-padding -1        | --crop-padding: '-1' is not between 0
          --crop-padding 224       | --crop-padding is 224, but images have 224 pixels
          --color-jitter -1        | --color-jitter is -1.0
          --hue-jitter 0.6         | --hue-jitter is 0.6; use from 0 to 0.5
          --device tpu             | --device is 'tpu'
          --precision fp64         | --precision is 'fp64'
          --name ../x              | --name is '../x'
          --size enormous          | --size is 'enormous'; use tiny, small
          --hidden-size 32         | a custom size needs --hidden-size, --layers and --heads
          --from vit --size tiny   | --from brings its own architecture
          --hidden-size 30 --layers 2 --heads 4 | hidden_size 30 is not a multiple of
          """)
  void refusesBadOptions(String options, String message) {
    String[] args =
        Stream.concat(
                Stream.of("train", "--workspace", "/nonexistent/w"),
                Stream.of(options.strip().split(" +")))
            .toArray(String[]::new);
    assertThatThrownBy(() -> Main.run(args))
        .isInstanceOf(UserException.class)
        .hasMessageContaining(message);
  }
}
