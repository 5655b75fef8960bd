package org.sparkvit.model.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.sparkvit.core.UserException;
import org.sparkvit.model.runtime.Golden;

class ViTConfigTest {
  @TempDir Path temp;

  @ParameterizedTest
  @CsvSource({"BASE,86567656", "TINY,5717416", "SMALL,22050664", "LARGE,304326632"})
  void parameterCountsAreThePublishedOnes(ViTSize size, long count) {
    ViTConfig config = ViTConfig.of(size, 224, 16, Golden.labels(1000));
    assertThat(config.parameterCount()).isEqualTo(count);
    assertThat(config.tokens()).isEqualTo(197);
  }

  @Test
  void baseHasTheTwoHundredTensorsOfTheCheckpoint() {
    ViTConfig config = ViTConfig.of(ViTSize.BASE, 224, 16, Golden.labels(1000));
    assertThat(config.parameterShapes())
        .hasSize(200)
        .containsEntry("vit.embeddings.position_embeddings", List.of(1L, 197L, 768L))
        .containsEntry("vit.encoder.layer.11.intermediate.dense.weight", List.of(3072L, 768L));
  }

  @Test
  void whatTransformersWroteIsKept() throws IOException {
    Path original = Golden.TINY.resolve("config.json");
    ViTConfig config = ViTConfig.read(original);
    config.write(temp.resolve("config.json"));
    ObjectMapper json = new ObjectMapper();
    JsonNode written = json.readTree(temp.resolve("config.json").toFile());
    ObjectNode expected = (ObjectNode) json.readTree(original.toFile());
    assertThat(written).isEqualTo(expected.put("problem_type", "single_label_classification"));
    assertThat(config.other()).containsKey("transformers_version");
    assertThat(ViTConfig.read(temp.resolve("config.json"))).isEqualTo(config);
  }

  @Test
  void absentKeysHaveTheDefaultsOfTransformers() {
    ViTConfig config = parse("{}");
    assertThat(config)
        .isEqualTo(ViTConfig.of(ViTSize.BASE, 224, 16, List.of("LABEL_0", "LABEL_1")));
  }

  @Test
  void impossibleConfigurationsAreRefused() throws IOException {
    refused("{'hidden_act':'mish'}", "hidden_act is 'mish'; supported are gelu, gelu_new");
    refused("{'hidden_size':770}", "hidden_size 770 is not a multiple of num_attention_heads 12");
    refused("{'image_size':225}", "image_size 225 is not a multiple of patch_size 16");
    refused("{'hidden_size':0}", "hidden_size is 0; it must be 1 to 16384");
    refused("{'num_hidden_layers':-1}", "num_hidden_layers is -1; it must be 1 to 256");
    refused("{'num_hidden_layers':100000}", "num_hidden_layers is 100000");
    refused("{'patch_size':0}", "patch_size is 0");
    refused("{'image_size':[224,256]}", "image_size is [224,256]; it must be a square");
    refused("{'image_size':[224]}", "image_size is [224]; it must be a whole number");
    refused("{'hidden_size':'big'}", "hidden_size is \"big\"; it must be a whole number");
    refused("{'hidden_size':99999999999}", "hidden_size is 99999999999");
    refused("{'qkv_bias':1}", "qkv_bias is 1; it must be true or false");
    refused("{'layer_norm_eps':0}", "layer_norm_eps is 0.0");
    refused("{'hidden_dropout_prob':1}", "hidden_dropout_prob is 1.0");
    refused("{'initializer_range':-1}", "initializer_range is -1.0");
    refused("{'num_channels':1}", "num_channels is 1; it must be 3");
    refused(
        "{'model_type':'swin'}",
        "model_type is 'swin'; supported are vit, deit, dinov2, and timm's ViT and DeiT; any"
            + " classifier can be scored as TorchScript: torch.jit.trace(");
    refused("{'model_type':'dinov2','mlp_ratio':'x'}", "mlp_ratio is \"x\"; it must be a number");
    refused("{'model_type':'dinov2','mlp_ratio':0}", "intermediate_size is 0; it must be 1 to");
    refused("{'id2label':{'0':'a','2':'b'}}", "id2label is without class 1");
    refused("{'id2label':{'x':'a'}}", "id2label is x -> \"a\"");
    refused("{'hidden_size':1,'hidden_size':2}", "not valid JSON: Duplicate field 'hidden_size'");
    refused("[]", "not a JSON object");
    refused("{", "not valid JSON");
    refused("<?xml version='1.0'?><Error/>", "is a page of the web, not the file itself");
    assertThatThrownBy(() -> ViTConfig.read(temp.resolve("none.json")))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("none.json: no such file");
    assertThatThrownBy(() -> ViTSize.of("XXL"))
        .isInstanceOf(UserException.class)
        .hasMessage("unknown ViT size 'XXL'; use tiny, small, base, large or huge");
  }

  @Test
  void dinov2DerivesItsWidthFromARatio() {
    assertThat(parse("{'model_type':'dinov2'}"))
        .returns(Family.DINOV2, ViTConfig::family)
        .returns(1e-6, ViTConfig::layerNormEps)
        .returns(14, ViTConfig::patchSize)
        .returns(3072, ViTConfig::intermediateSize)
        .returns(2 * 768, ViTConfig::embeddingSize)
        .returns(257, ViTConfig::tokens);
    ViTConfig giant =
        parse(
            "{'model_type':'dinov2','hidden_size':1536,'num_attention_heads':24,'mlp_ratio':4,"
                + "'num_hidden_layers':40,'use_swiglu_ffn':true,'use_mask_token':true}");
    assertThat(giant)
        .returns(Family.DINOV2_GATED, ViTConfig::family)
        .returns(4096, ViTConfig::intermediateSize);
    assertThat(giant.toJson().get("mlp_ratio").intValue()).isEqualTo(4);
    assertThat(giant.toJson().get("use_swiglu_ffn").booleanValue()).isTrue();
    assertThat(giant.toJson().get("use_mask_token").booleanValue()).isFalse();
    assertThat(giant.toJson().has("intermediate_size")).isFalse();
    assertThat(ViTConfig.parse(giant.toJson(), "config.json", giant.labels())).isEqualTo(giant);
    assertThat(parse("{'model_type':'deit'}"))
        .returns(Family.DEIT, ViTConfig::family)
        .returns(198, ViTConfig::tokens);
  }

  @Test
  void sizesOfThePreprocessorComeInThreeForms() {
    assertThat(preprocessor("{'size':384,'resample':3}"))
        .returns(384, PreprocessorConfig::height)
        .returns(384, PreprocessorConfig::width)
        .returns(3, PreprocessorConfig::resample);
    assertThat(preprocessor("{'size':{'height':32,'width':64}}"))
        .returns(32, PreprocessorConfig::height)
        .returns(64, PreprocessorConfig::width);
    PreprocessorConfig cropped =
        preprocessor(
            "{'size':{'shortest_edge':256},'do_center_crop':true,"
                + "'crop_size':{'height':224,'width':224}}");
    assertThat(cropped.shortestEdge()).isEqualTo(256);
    assertThat(cropped.yields(224)).isTrue();
    assertThat(cropped.withSide(112).shortestEdge()).isEqualTo(128);
    assertThat(cropped.withSide(112).yields(112)).isTrue();
    // What a bare number means depends on the image processor, under any of its names.
    String sizes = "'size':256,'do_center_crop':true,'crop_size':224}";
    for (String squashes :
        List.of(
            "",
            "'image_processor_type':'ViTImageProcessorFast',",
            "'feature_extractor_type':'DeiTFeatureExtractor',")) {
      assertThat(preprocessor("{" + squashes + sizes))
          .returns(256, PreprocessorConfig::height)
          .returns(0, PreprocessorConfig::shortestEdge)
          .returns(224, PreprocessorConfig::cropWidth);
    }
    assertThat(preprocessor("{'image_processor_type':'BitImageProcessor'," + sizes))
        .returns(256, PreprocessorConfig::shortestEdge)
        .returns(224, PreprocessorConfig::cropWidth);
    assertThat(preprocessor("{}")).isEqualTo(PreprocessorConfig.squash(224));
    assertThat(preprocessor("{'image_processor_type':'DeiTImageProcessor'}"))
        .returns(256, PreprocessorConfig::width)
        .returns(224, PreprocessorConfig::cropWidth)
        .returns(3, PreprocessorConfig::resample);
    assertThat(preprocessor("{'image_processor_type':'BitImageProcessor'}"))
        .returns(224, PreprocessorConfig::shortestEdge)
        .returns(0.48145466, config -> config.imageMean().get(0));
  }

  @Test
  void preprocessorsAreReadBack() {
    PreprocessorConfig cropped =
        preprocessor("{'size':{'shortest_edge':256},'do_center_crop':true,'crop_size':224}");
    PreprocessorConfig shortest =
        preprocessor(
            "{'size':{'shortest_edge':256},'do_center_crop':true,'crop_size':[224,224],"
                + "'image_std':[1,2,3]}");
    PreprocessorConfig squashed =
        preprocessor("{'size':256,'do_center_crop':true,'crop_size':224}");
    PreprocessorConfig rounded =
        preprocessor(
            "{'size':256,'do_center_crop':true,'crop_size':224,"
                + "'center_crop_rounding':'half_to_even'}");
    assertThat(rounded.torchvisionCrop()).isTrue();
    for (PreprocessorConfig config :
        List.of(cropped, shortest, squashed, rounded, PreprocessorConfig.squash(16))) {
      config.write(temp.resolve("p.json"));
      assertThat(PreprocessorConfig.read(temp.resolve("p.json"))).isEqualTo(config);
    }
    assertThat(PreprocessorConfig.read(Golden.TINY.resolve("preprocessor_config.json")))
        .isEqualTo(PreprocessorConfig.squash(16));
  }

  @Test
  void impossiblePreprocessorsAreRefused() {
    preprocessorRefused("{'size':0}", "size height is 0; it must be 1 to 4096");
    preprocessorRefused("{'size':'x'}", "size is \"x\"; it must be a number, [height, width]");
    preprocessorRefused("{'resample':9}", "resample is 9");
    preprocessorRefused("{'rescale_factor':0}", "rescale_factor is 0.0");
    preprocessorRefused("{'image_std':[1,0,1]}", "image_std is [1.0, 0.0, 1.0]");
    preprocessorRefused("{'image_mean':[1,2]}", "image_mean is [1,2]; it must be a number or a");
    preprocessorRefused("{'image_mean':['a',1,1]}", "image_mean is [\"a\",1,1]; it must be a list");
    preprocessorRefused("{'image_std':[0.5,1e999,0.5]}", "image_std [0.5, Infinity, 0.5] and");
    preprocessorRefused("{'image_std':-0.5}", "image_std is [-0.5, -0.5, -0.5]");
    preprocessorRefused("{'image_std':NaN}", "not valid JSON");
    preprocessorRefused("{'image_mean':-1e999}", "leave nothing of a channel");
    preprocessorRefused("{'image_std':1e-50}", "leave nothing of a channel");
    preprocessorRefused("{'rescale_factor':1e-60}", "leave nothing of a channel");
  }

  private void refused(String json, String message) throws IOException {
    Path file = temp.resolve("config.json");
    Files.writeString(file, json.replace('\'', '"'));
    assertThatThrownBy(() -> ViTConfig.read(file))
        .isInstanceOf(UserException.class)
        .hasMessageStartingWith(file + ": ")
        .hasMessageContaining(message);
  }

  private void preprocessorRefused(String json, String message) {
    Path file = temp.resolve("preprocessor_config.json");
    assertThatThrownBy(
            () -> {
              Files.writeString(file, json.replace('\'', '"'));
              PreprocessorConfig.read(file);
            })
        .isInstanceOf(UserException.class)
        .hasMessageStartingWith(file + ": ")
        .hasMessageContaining(message);
  }

  private ViTConfig parse(String json) {
    return ViTConfig.read(file(json));
  }

  private PreprocessorConfig preprocessor(String json) {
    return PreprocessorConfig.read(file(json));
  }

  private Path file(String json) {
    try {
      return Files.writeString(temp.resolve("file.json"), json.replace('\'', '"'));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
