package org.sparkvit.model.checkpoint;

import java.util.Locale;
import org.sparkvit.core.UserException;

/**
 * The published sizes of the Vision Transformer. Ti and S are from Touvron et al. 2021 (DeiT); B, L
 * and H are from Dosovitskiy et al. 2021.
 */
public enum ViTSize {
  TINY(192, 12, 3, 768),
  SMALL(384, 12, 6, 1536),
  BASE(768, 12, 12, 3072),
  LARGE(1024, 24, 16, 4096),
  HUGE(1280, 32, 16, 5120);

  final int hiddenSize;
  final int layers;
  final int heads;
  final int intermediateSize;

  ViTSize(int hiddenSize, int layers, int heads, int intermediateSize) {
    this.hiddenSize = hiddenSize;
    this.layers = layers;
    this.heads = heads;
    this.intermediateSize = intermediateSize;
  }

  /**
   * Returns the size of a name: {@code tiny|small|base|large|huge} or {@code ti|s|b|l|h}, in upper
   * or lower case.
   *
   * @throws UserException for an unknown name
   */
  public static ViTSize of(String name) {
    return switch (name.strip().toLowerCase(Locale.ROOT)) {
      case "tiny", "ti" -> TINY;
      case "small", "s" -> SMALL;
      case "base", "b" -> BASE;
      case "large", "l" -> LARGE;
      case "huge", "h" -> HUGE;
      default ->
          throw new UserException(
              "unknown ViT size '" + name + "'; use tiny, small, base, large or huge");
    };
  }
}
