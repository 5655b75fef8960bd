package org.sparkvit.model.checkpoint;

import java.util.Arrays;
import java.util.Map;
import java.util.stream.Collectors;
import org.sparkvit.core.UserException;

/** The non-linearity between the two linear maps of a block, by its Hugging Face name. */
public enum Activation {
  /**
   * x times the cumulative normal distribution function of x, computed exactly. It is the default
   * of ViT.
   */
  GELU("gelu"),
  /** The tanh approximation of GELU, under its older name. */
  GELU_NEW("gelu_new"),
  /** The tanh approximation of GELU. */
  GELU_PYTORCH_TANH("gelu_pytorch_tanh"),
  /** max(x, 0). */
  RELU("relu"),
  /** x times the logistic function of x, which is also called swish. */
  SILU("silu"),
  /** x times the logistic function of 1.702 x. */
  QUICK_GELU("quick_gelu");

  private final String configName;

  Activation(String configName) {
    this.configName = configName;
  }

  /** Returns the name in {@code hidden_act} of {@code config.json}. */
  public String configName() {
    return configName;
  }

  /** Other names that transformers uses for the same functions. */
  private static final Map<String, Activation> ALIASES =
      Map.of(
          "swish",
          SILU,
          "gelu_python",
          GELU,
          "gelu_fast",
          GELU_NEW,
          "gelu_accurate",
          GELU_NEW,
          "gelu_python_tanh",
          GELU_PYTORCH_TANH);

  static Activation of(String name, String source) {
    if (ALIASES.containsKey(name)) {
      return ALIASES.get(name);
    }
    for (Activation activation : values()) {
      if (activation.configName.equals(name)) {
        return activation;
      }
    }
    throw new UserException(
        source
            + ": hidden_act is '"
            + name
            + "'; supported are "
            + Arrays.stream(values()).map(Activation::configName).collect(Collectors.joining(", "))
            + "; "
            + ForeignModel.AS_TORCHSCRIPT);
  }
}
