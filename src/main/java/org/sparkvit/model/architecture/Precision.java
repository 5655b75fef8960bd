package org.sparkvit.model.architecture;

import ai.djl.Device;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import org.sparkvit.core.UserException;

/** The number format in which matrix products are computed. Logits are float32 in every case. */
public enum Precision {
  FP32(6),
  BF16(15),
  /** IEEE half precision. It is for GPUs, as PyTorch's products on the CPU are slow in it. */
  FP16(5),
  /**
   * The linear maps of the encoder in int8 and all else in float32. It is for CPUs. See {@link
   * QuantizedLinear}.
   */
  INT8(6);

  /** The names that {@link #of} accepts. */
  public static final List<String> CHOICES = List.of("auto", "fp32", "bf16", "fp16", "int8");

  private static final Pattern AMX = Pattern.compile("\\bamx_bf16\\b");
  private static final Pattern AMX_INT8 = Pattern.compile("\\bamx_int8\\b");
  private static final Pattern VNNI = Pattern.compile("\\bavx512_vnni\\b");
  private static final Pattern AVX512_BF16 = Pattern.compile("\\bavx512_bf16\\b");

  /** PyTorch's number of the element type of activations. */
  final int scalarType;

  Precision(int scalarType) {
    this.scalarType = scalarType;
  }

  /**
   * Returns the precision of a name, {@code auto|fp32|bf16|fp16|int8}. With {@code auto} it is BF16
   * on a GPU and on processors where that is faster, and FP32 elsewhere.
   *
   * @throws UserException for an unknown name, for fp16 on a CPU and for int8 on a GPU
   */
  public static Precision of(String name, Device device) {
    Precision precision =
        named(name).orElseGet(() -> device.isGpu() || Cpu.BF16_IS_FASTER ? BF16 : FP32);
    if (precision == FP16 && !device.isGpu()) {
      throw new UserException(
          "precision fp16 is for GPUs, but the device is cpu; use fp32, bf16 or int8 there");
    }
    return precision.on(device);
  }

  /**
   * Returns the precision of a name, {@code fp32|bf16|fp16|int8}. It is empty for {@code auto}, for
   * which each device chooses FP32 or BF16.
   *
   * @throws UserException for an unknown name
   */
  public static Optional<Precision> named(String name) {
    String text = name.strip().toLowerCase(Locale.ROOT);
    if (!CHOICES.contains(text)) {
      throw new UserException(
          "unknown precision '" + name + "'; use auto, fp32, bf16, fp16 or int8");
    }
    return text.equals("auto")
        ? Optional.empty()
        : Optional.of(valueOf(text.toUpperCase(Locale.ROOT)));
  }

  /**
   * Returns this precision. PyTorch has int8 kernels for CPUs only.
   *
   * @throws UserException when the device does not compute in this precision
   */
  public Precision on(Device device) {
    if (this == INT8 && device.isGpu()) {
      throw new UserException(
          "precision int8 is for CPUs, but the device is "
              + device
              + "; use bf16 or fp16 there, or --device cpu");
    }
    return this;
  }

  /**
   * Returns whether a processor multiplies bf16 matrices faster than fp32 ones, which it does with
   * AMX or with AMD's AVX-512. Intel's AVX-512 has the same instruction at half the rate. That
   * leaves it slower than fp32 once the operands are packed. PyTorch's own matrix product reached
   * 0.6 times the speed of fp32 on an Emerald Rapids whose AMX is hidden, and 5 times on a Zen 4.
   *
   * @param cpuInfo the content of Linux's {@code /proc/cpuinfo}
   */
  static boolean bf16IsFaster(String cpuInfo) {
    return AMX.matcher(cpuInfo).find()
        || (AVX512_BF16.matcher(cpuInfo).find() && cpuInfo.contains("AuthenticAMD"));
  }

  /**
   * Returns whether a loaded model should be adapted to this machine's processor. With AMX, bf16
   * products are so fast that putting their weights in order would be a third of the time. With
   * VNNI, int8 products are added in 32 bits, so that activations may have 8 bits.
   */
  public boolean hasOwnCode() {
    return switch (this) {
      case BF16 -> Cpu.HAS_BF16_MATRICES;
      case INT8 -> Cpu.HAS_VNNI;
      case FP32, FP16 -> false;
    };
  }

  /** Returns whether this machine's processor has AMX for int8. */
  public static boolean hasInt8Matrices() {
    return Cpu.HAS_INT8_MATRICES;
  }

  /** The properties of this machine's processor, which are read when they are first needed. */
  private static final class Cpu {
    private static final boolean BF16_IS_FASTER = bf16IsFaster(cpuInfo());
    private static final boolean HAS_BF16_MATRICES = AMX.matcher(cpuInfo()).find();
    private static final boolean HAS_VNNI = VNNI.matcher(cpuInfo()).find();
    private static final boolean HAS_INT8_MATRICES = AMX_INT8.matcher(cpuInfo()).find();
  }

  private static String cpuInfo() {
    try {
      return Files.readString(Path.of("/proc/cpuinfo"));
    } catch (IOException e) {
      return "";
    }
  }
}
