package org.sparkvit.vit;

import ai.djl.Device;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.regex.Pattern;
import org.sparkvit.core.UserException;

/** What the matrix products are computed in. Logits are float32 in either case. */
public enum Precision {
  FP32(6),
  BF16(15);

  private static final Pattern CPU_BF16 = Pattern.compile("\\b(avx512_bf16|amx_bf16)\\b");

  /** PyTorch's number of the element type. */
  final int scalarType;

  Precision(int scalarType) {
    this.scalarType = scalarType;
  }

  /**
   * {@code auto|fp32|bf16}; auto is bf16 on a GPU and on processors with bf16 instructions, where
   * it is the faster one, and fp32 elsewhere.
   */
  public static Precision of(String name, Device device) {
    return switch (name.strip().toLowerCase(Locale.ROOT)) {
      case "auto" -> device.isGpu() || cpuHasBf16() ? BF16 : FP32;
      case "fp32" -> FP32;
      case "bf16" -> BF16;
      default ->
          throw new UserException("unknown precision '" + name + "'; use auto, fp32 or bf16");
    };
  }

  /** Whether the processor multiplies bf16 matrices itself; only Linux is asked. */
  static boolean cpuHasBf16() {
    try {
      return CPU_BF16.matcher(Files.readString(Path.of("/proc/cpuinfo"))).find();
    } catch (IOException e) {
      return false;
    }
  }
}
