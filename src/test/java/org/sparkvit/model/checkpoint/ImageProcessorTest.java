package org.sparkvit.model.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.sparkvit.core.UserException;
import org.sparkvit.image.PixelImage;
import org.sparkvit.image.resample.Preprocess;
import org.sparkvit.inference.InputSpec;

/** Every key of an image processor's file is understood, harmless, or refused by name. */
class ImageProcessorTest {
  @TempDir Path temp;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "do_flip_channel_order|true|it must be false or absent",
        "do_pad|true|it must be false or absent",
        "do_thumbnail|true|it must be false or absent",
        "do_align_long_axis|true|it must be false or absent",
        "rescale_offset|true|it must be false or absent",
        "include_top|true|it must be false or absent",
        "use_square_size|true|it must be false or absent",
        "input_data_format|\"channels_first\"|it must be \"channels_last\" or absent",
        "crop_pct|0.875|it must be absent: it is not known, and may change pixels",
        "max_size|32|it must be absent: it is not known",
        "patch_size|14|it must be absent: it is not known"
      })
  void keysThatChangePixelsAreRefusedByNameUnlessTheyDoNothing(
      String key, String value, String message) {
    assertThatThrownBy(() -> read("{\"" + key + "\":" + value + "}"))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("p.json: " + key + " is " + value + "; " + message);
    assertThat(read("{\"" + key + "\":null}")).isEqualTo(PreprocessorConfig.squash(224));
    if (value.equals("true")) {
      assertThat(read("{\"" + key + "\":false}")).isEqualTo(PreprocessorConfig.squash(224));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "'do_convert_rgb':true",
        "'data_format':'channels_first'",
        "'disable_grouping':null",
        "'return_tensors':'pt'",
        "'processor_class':'CLIPProcessor'",
        "'input_data_format':'channels_last'",
        "'_valid_processor_keys':['images','size']",
        "'image_mean':0.5,'image_std':0.5",
        "'size':[224,224]",
        "'crop_size':100",
        "'size':null,'resample':null,'rescale_factor':null,'do_center_crop':null"
      })
  void harmlessKeysAndOtherSpellingsChangeNothing(String keys) {
    assertThat(read("{" + keys + "}")).isEqualTo(PreprocessorConfig.squash(224));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "'do_resize'",
        "'do_rescale'",
        "'do_normalize'",
        "'image_processor_type':'BitImageProcessor','do_center_crop'",
        "'image_processor_type':'EfficientNetImageProcessor','include_top'"
      })
  void stepsThatAreNullAreNotDoneAsInTransformers(String key) {
    assertThat(read("{" + key + ":null}"))
        .isEqualTo(read("{" + key + ":false}"))
        .isNotEqualTo(read("{" + key + ":true}"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "DonutImageProcessor",
        "PerceiverImageProcessor",
        "Siglip2ImageProcessor",
        "MobileViTImageProcessor",
        "DINOv3ViTImageProcessorFast",
        "MyImageProcessor",
        "ViT"
      })
  void processorsThatAreNotKnownAreRefusedByName(String name) {
    assertThatThrownBy(() -> read("{'image_processor_type':'" + name + "'}"))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("image_processor_type is '" + name + "'; it must be one of ViTImage");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{'do_center_crop':true}|crop_size is absent; it must be there where do_center_crop is",
        "{'size':{'shortest_edge':32,'longest_edge':64}}|size is"
            + " {\"shortest_edge\":32,\"longest_edge\":64}; it must be a number, [height, width],"
            + " {height, width} or {shortest_edge} alone",
        "{'size':{'longest_edge':64}}|size is {\"longest_edge\":64}",
        "{'size':[32]}|size is [32]",
        "{'size':32.0}|size is 32.0",
        "{'resample':'bicubic'}|resample is \"bicubic\"; it must be Pillow's number: 0 nearest",
        "{'crop_pct':0.9,'image_processor_type':'ConvNextImageProcessor','size':{'height':9,'width':9}}|it"
            + " must be {shortest_edge} for a ConvNextImageProcessor",
        "{'crop_pct':0,'image_processor_type':'PoolFormerImageProcessor'}|crop_pct is 0.0",
        "{'center_crop_rounding':'up'}|center_crop_rounding is 'up'"
      })
  void valuesThatAreNotUnderstoodAreRefusedByName(String json, String message) {
    assertThatThrownBy(() -> read(json))
        .isInstanceOf(UserException.class)
        .hasMessageContaining(message);
  }

  @Test
  void bareNumbersMeanWhatTheProcessorOrItsFileSays() {
    assertThat(read("{'size':32}").shortestEdge()).isZero();
    assertThat(read("{'size':32,'default_to_square':false}").shortestEdge()).isEqualTo(32);
    assertThat(read("{'size':32,'image_processor_type':'SiglipImageProcessor'}").shortestEdge())
        .isEqualTo(32);
    assertThat(read("{'size':32,'image_processor_type':'CLIPFeatureExtractor'}").shortestEdge())
        .isEqualTo(32);
  }

  @Test
  void efficientNetsOffsetAndSecondDivisionArePartOfItsNormalisation() {
    String file =
        "{'image_processor_type':'EfficientNetImageProcessor','rescale_factor':0.5,"
            + "'rescale_offset':true,'image_mean':[0.1,0.2,0.3],'image_std':[0.5,0.25,2]";
    // (value / 2 - 1 - mean) / std / std, as transformers computes it.
    normalises(read(file + "}"), v -> (v / 2 - 1 - 0.1) / 0.5 / 0.5);
    normalises(read(file + ",'include_top':false}"), v -> (v / 2 - 1 - 0.1) / 0.5);
    normalises(read(file + ",'do_normalize':false}"), v -> (v / 2 - 1) / 0.5);
    normalises(read(file + ",'do_normalize':false,'include_top':false}"), v -> v / 2 - 1);
    normalises(read(file + ",'do_rescale':false}"), v -> (v - 0.1) / 0.5 / 0.5);
  }

  private static void normalises(
      PreprocessorConfig config, java.util.function.DoubleUnaryOperator wanted) {
    for (int value : new int[] {0, 1, 200, 255}) {
      assertThat((double) config.scale()[0] * value + config.shift()[0])
          .isCloseTo(wanted.applyAsDouble(value), within(1e-4));
    }
  }

  @Test
  void processorConfigOfTransformers5IsReadAndWinsOverTheOtherFile() throws IOException {
    Path model = temp.resolve("model");
    ModelDirectory.write(
        model,
        Checkpoint.random(
            ViTConfig.of(16, 1, 2, 32, 16, 4, List.of("a", "b")),
            PreprocessorConfig.squash(16),
            1));
    String hash = ModelDirectory.hash(model);
    Path nested = model.resolve("processor_config.json");
    Files.writeString(
        nested,
        "{\"processor_class\": \"P\", \"image_processor\": {\"image_processor_type\":"
            + " \"CLIPImageProcessor\", \"size\": 18, \"crop_size\": 16}}");
    for (int i = 0; i < 2; i++) {
      assertThat(ModelDirectory.read(model).preprocessor().shortestEdge()).isEqualTo(18);
      assertThat(ModelDirectory.files(model)).contains("processor_config.json");
      assertThat(ModelDirectory.hash(model)).isNotEqualTo(hash);
      Files.deleteIfExists(model.resolve("preprocessor_config.json"));
    }
    Files.writeString(nested, "{\"processor_class\": \"P\", \"image_processor\": 3}");
    assertThatThrownBy(() -> ModelDirectory.read(model))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("processor_config.json: image_processor is 3; it must be an object");
  }

  @Test
  void timmsCropsAreThoseOfTorchvision() throws IOException {
    List<String> cases =
        Files.readAllLines(Path.of("src/test/resources/image/timm-crops.tsv")).stream()
            .filter(line -> !line.startsWith("#"))
            .toList();
    assertThat(cases).hasSize(160);
    for (String line : cases) {
      String[] fields = line.split("\t", -1);
      ObjectNode json = (ObjectNode) ModelJson.JSON.readTree(fields[0]);
      int side = json.get("input_size").get(1).intValue();
      PreprocessorConfig config = TimmCheckpoint.preprocessor(new JsonFields("x", json), side);
      int width = Integer.parseInt(fields[1]);
      byte[] rgb = new byte[3 * width * Integer.parseInt(fields[2])];
      for (int i = 0; i < rgb.length; i++) {
        rgb[i] = (byte) (i * 31 + i / 7 * 17 + i / 101 * 5);
      }
      CRC32 crc = new CRC32();
      crc.update(
          Preprocess.apply(
                  new PixelImage(width, Integer.parseInt(fields[2]), rgb),
                  InputSpec.of(config, ViTConfig.of(4, 1, 1, 4, side, side, List.of("a", "b"))))
              .rgb());
      assertThat(crc.getValue()).as(line).isEqualTo(Long.parseLong(fields[3]));
    }
  }

  private static PreprocessorConfig read(String json) {
    try {
      return ImageProcessor.read(
          new JsonFields("p.json", (ObjectNode) ModelJson.JSON.readTree(json.replace('\'', '"'))),
          ImageProcessor.VIT);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(e);
    }
  }
}
