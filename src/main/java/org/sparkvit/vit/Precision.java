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

  private static final Pattern AMX = Pattern.compile("\\bamx_bf16\\b");
  private static final Pattern AVX512_BF16 = Pattern.compile("\\bavx512_bf16\\b");

  /** PyTorch's number of the element type. */
  final int scalarType;

  Precision(int scalarType) {
    this.scalarType = scalarType;
  }

  /**
   * {@code auto|fp32|bf16}; auto is bf16 on a GPU and on processors where it is the faster one, and
   * fp32 elsewhere.
   */
  public static Precision of(String name, Device device) {
    return switch (name.strip().toLowerCase(Locale.ROOT)) {
      case "auto" -> device.isGpu() || bf16IsFaster(cpuInfo()) ? BF16 : FP32;
      case "fp32" -> FP32;
      case "bf16" -> BF16;
      default ->
          throw new UserException("unknown precision '" + name + "'; use auto, fp32 or bf16");
    };
  }

  /**
   * Whether a processor multiplies bf16 matrices faster than fp32 ones: with AMX, or with AMD's
   * AVX-512. Intel's AVX-512 has the same instruction at half the rate, which leaves it slower than
   * fp32 once the operands are packed: PyTorch's own matrix product measured 0.6 times fp32 on an
   * Emerald Rapids whose AMX is hidden, against 5 times on a Zen 4.
   *
   * @param cpuInfo Linux's {@code /proc/cpuinfo}
   */
  static boolean bf16IsFaster(String cpuInfo) {
    return AMX.matcher(cpuInfo).find()
        || (AVX512_BF16.matcher(cpuInfo).find() && cpuInfo.contains("AuthenticAMD"));
  }

  private static String cpuInfo() {
    try {
      return Files.readString(Path.of("/proc/cpuinfo"));
    } catch (IOException e) {
      return "";
    }
  }
}
