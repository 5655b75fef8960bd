package org.sparkvit.model.architecture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;
import org.junit.jupiter.api.Test;
import org.sparkvit.core.UserException;
import org.sparkvit.model.runtime.Golden;
import org.sparkvit.model.runtime.ViTSession;

class PrecisionTest {
  @Test
  void precisionsAreResolvedOrRefused() {
    assertThat(Precision.of("fp32", Device.cpu())).isEqualTo(Precision.FP32);
    assertThat(Precision.of("BF16", Device.cpu())).isEqualTo(Precision.BF16);
    assertThat(Precision.of("auto", Device.gpu(0))).isEqualTo(Precision.BF16);
    assertThat(Precision.of("auto", Device.cpu())).isIn(Precision.BF16, Precision.FP32);
    assertThat(Precision.bf16IsFaster("vendor_id : GenuineIntel\nflags : avx512_bf16")).isFalse();
    assertThat(Precision.bf16IsFaster("flags : avx512_bf16 amx_bf16 amx_tile")).isTrue();
    assertThat(Precision.bf16IsFaster("vendor_id : AuthenticAMD\nflags : avx512_bf16")).isTrue();
    assertThat(Precision.bf16IsFaster("vendor_id : AuthenticAMD\nflags : avx2")).isFalse();
    assertThatThrownBy(() -> Precision.of("int3", Device.cpu()))
        .isInstanceOf(UserException.class)
        .hasMessage("unknown precision 'int3'; use auto, fp32, bf16, fp16 or int8");
    assertThat(Precision.of("fp16", Device.gpu(0))).isEqualTo(Precision.FP16);
    assertThat(Precision.of("int8", Device.cpu())).isEqualTo(Precision.INT8);
    assertThatThrownBy(() -> Precision.of("fp16", Device.cpu()))
        .isInstanceOf(UserException.class)
        .hasMessage(
            "precision fp16 is for GPUs, but the device is cpu; use fp32, bf16 or int8 there");
    // libtorch would crash the JVM.
    assertThatThrownBy(() -> ViTSession.open(Golden.TINY, Device.gpu(0), Precision.INT8))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("int8 is for CPUs");
    assertThatThrownBy(() -> Precision.of("int8", Device.gpu(1)))
        .isInstanceOf(UserException.class)
        .hasMessage(
            "precision int8 is for CPUs, but the device is gpu(1); use bf16 or fp16 there, or"
                + " --device cpu");
  }
}
