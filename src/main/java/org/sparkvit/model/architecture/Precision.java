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

/** What the matrix products are computed in. Logits are float32 in every case. */
public enum Precision {
  FP32(6),
  BF16(15),
  /** IEEE half precision; on GPUs, as PyTorch's products on the CPU are slow in it. */
  FP16(5),
  /** The encoder's linear maps in int8, all else in float32; on CPUs. See the archive's writer. */
  INT8(6);

  /** What {@link #of} takes. */
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
   * {@code auto|fp32|bf16|fp16|int8}; auto is bf16 on a GPU and on processors where it is the
   * faster one, and fp32 elsewhere.
   *
   * @throws UserException for fp16 on a CPU and int8 on a GPU
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
   * {@code fp32|bf16|fp16|int8}; empty for {@code auto}, of which each device makes FP32 or BF16.
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

  /** This precision, where the device computes in it at all: PyTorch has int8 kernels for CPUs. */
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

  /**
   * Whether this machine's processor is worth an archive of its own: with AMX bf16 products are so
   * fast that putting their weights in order is a third of the time, and with VNNI int8 products
   * are added in 32 bits, so that activations may have 8.
   */
  public boolean hasOwnCode() {
    return switch (this) {
      case BF16 -> Cpu.HAS_BF16_MATRICES;
      case INT8 -> Cpu.HAS_VNNI;
      case FP32, FP16 -> false;
    };
  }

  /** Whether this machine's processor has AMX for int8. */
  public static boolean hasInt8Matrices() {
    return Cpu.HAS_INT8_MATRICES;
  }

  /** Of this machine; read when it is first asked for. */
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
