package org.sparkvit.model.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.sparkvit.core.UserException;

class SafeTensorsTest {
  @TempDir Path temp;

  @Test
  void writtenTensorsAreReadBack() throws IOException {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    tensors.put("b", Tensor.of(new float[] {1, -2, 3.5f, 0, 5, Float.MIN_VALUE}, 2, 3));
    tensors.put("empty", Tensor.of(new float[0], 0, 7));
    tensors.put("a \u00e4", Tensor.of(new float[] {42}));
    Path file = temp.resolve("x.safetensors");
    SafeTensors.write(file, Map.of("format", "pt"), tensors);
    SafeTensors read = SafeTensors.read(file);
    assertThat(read.metadata()).isEqualTo(Map.of("format", "pt"));
    assertThat(read.tensors()).isEqualTo(tensors);
    assertThat(read.tensors().keySet()).containsExactly("b", "empty", "a \u00e4");
    assertThat(read.tensors().get("a \u00e4").shape()).isEmpty();
    try (var files = Files.list(temp)) {
      assertThat(files).containsExactly(file);
    }
  }

  @Test
  void allFloatTypesBecomeFloats() {
    assertThat(tensor(DType.F16, 0x3c00, 0xc000, 0x0001, 0x7bff, 0x7c00, 0x8000).toFloats())
        .containsExactly(1, -2, 0x1p-24f, 65504, Float.POSITIVE_INFINITY, -0f);
    assertThat(Float.isNaN(tensor(DType.F16, 0x7e00).toFloats()[0])).isTrue();
    assertThat(tensor(DType.BF16, 0x3f80, 0xc000, 0x7f80).toFloats())
        .containsExactly(1, -2, Float.POSITIVE_INFINITY);
    ByteBuffer f64 = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putDouble(0, 0.1);
    assertThat(new Tensor(DType.F64, List.of(1L), f64).toFloats()).containsExactly(0.1f);
    assertThatThrownBy(() -> tensor(DType.I16, 1).toFloats())
        .isInstanceOf(IllegalStateException.class);
  }

  @ParameterizedTest
  @CsvSource({
    "3f800000, 3f80", // exact
    "3f808000, 3f80", // tie to even, down
    "3f818000, 3f82", // tie to even, up
    "3f808001, 3f81", // above the tie
    "7f7fffff, 7f80", // overflows to infinity
    "ff800000, ff80",
    "7f800001, 7fc0", // stays not-a-number
    "80000001, 8000",
  })
  void bfloat16RoundsToNearestEven(String from, String to) {
    float value = Float.intBitsToFloat(Integer.parseUnsignedInt(from, 16));
    assertThat(Integer.toHexString(Tensor.floatToBf16(value) & 0xffff)).isEqualTo(to);
  }

  @Test
  void filesOverTwoGigabytesAreReadByTensor() throws IOException {
    long first = 1_600_000_000;
    long second = 1_200_000_000;
    String header =
        "{\"a\":{\"dtype\":\"U8\",\"shape\":[1600000000],\"data_offsets\":[0,1600000000]},"
            + "\"b\":{\"dtype\":\"F32\",\"shape\":[300000000],"
            + "\"data_offsets\":[1600000000,2800000000]}}";
    Path file = temp.resolve("big.safetensors");
    Files.write(file, headed(header.length(), header));
    // A hole: no disk is used.
    try (RandomAccessFile out = new RandomAccessFile(file.toFile(), "rw")) {
      out.setLength(8 + header.length() + first + second);
      out.seek(out.length() - 4);
      out.write(new byte[] {0, 0, (byte) 0x80, 0x3f});
    }
    ByteBuffer last = SafeTensors.read(file).tensors().get("b").bytes();
    assertThat(last.getFloat(last.limit() - 4)).isEqualTo(1);
  }

  @Test
  void filesWithoutAWholeHeader() throws IOException {
    refused(new byte[5], "is 5 bytes long");
    byte[] page = "\n<html><body>Sign in</body></html>".getBytes(StandardCharsets.UTF_8);
    refused(page, "is a page of the web, not the file itself");
    refused(headed(0, ""), "header length is 0");
    refused(headed(100_000_001, "{}"), "header length is 100000001");
    refused(headed(-1, "{}"), "header length is 18446744073709551615");
    refused(headed(50, "{}"), "header of 50 bytes does not fit into the file of 10 bytes");
    refused(headed(9, "{\"a\": {{}"), "header is not valid JSON");
    refused(headed(2, "[]"), "header is not a JSON object");
    refused(headed(5, "{} {}"), "header is not valid JSON");
    assertThatThrownBy(() -> SafeTensors.read(temp.resolve("none")))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("none: no such file");
  }

  @Test
  void malformedEntries() throws IOException {
    refused("{'a':[1]}", 0, "tensor 'a' must have dtype, shape and data_offsets");
    refused("{'a':{'dtype':'F32','shape':[1]}}", 4, "tensor 'a' must have dtype");
    refused(entry("X9", "[1]", "[0,4]"), 4, "tensor 'a' has unknown dtype \"X9\"");
    refused(entry("F32", "[-1]", "[0,4]"), 4, "tensor 'a' shape contains -1");
    refused(entry("F32", "[1.5]", "[0,4]"), 4, "tensor 'a' shape contains 1.5");
    refused(entry("F32", "7", "[0,4]"), 4, "tensor 'a' shape is not a list");
    refused(entry("F32", "[1]", "[4,0]"), 4, "tensor 'a' data_offsets are [4, 0]");
    refused(entry("F32", "[1]", "[0,4,8]"), 4, "tensor 'a' data_offsets are [0, 4, 8]");
    refused(entry("F32", "[1]", "[0,99999999999999999999]"), 4, "tensor 'a' data_offsets contains");
    refused(entry("F32", "[2]", "[0,4]"), 4, "F32 of shape [2] takes 8 bytes but data_offsets");
    refused(
        entry("F32", "[4294967296,4294967296]", "[0,4]"),
        4,
        "tensor 'a' shape [4294967296, 4294967296] is too large");
    refused(
        entry("F32", "[4611686018427387904]", "[0,4]"), 4, "[4611686018427387904] is too large");
    refused(entry("U8", "[3000000000]", "[0,3000000000]"), 4, "is 3000000000 bytes long; a single");
    refused("{'__metadata__':3}", 0, "__metadata__ is not an object of strings");
    refused("{'__metadata__':{'k':3}}", 0, "__metadata__ key 'k' is not a string");
  }

  @Test
  void tensorsThatDoNotTileTheFile() throws IOException {
    String a = "'a':{'dtype':'U8','shape':[4],'data_offsets':[0,4]}";
    refused("{" + a + "," + a + "}", 4, "Duplicate field 'a'");
    refused(
        "{" + a + ",'b':{'dtype':'U8','shape':[4],'data_offsets':[2,6]}}",
        6,
        "tensor 'b' starts at byte 2 where 4 is due (overlap)");
    refused(
        "{" + a + ",'b':{'dtype':'U8','shape':[4],'data_offsets':[8,12]}}",
        12,
        "tensor 'b' starts at byte 8 where 4 is due (gap)");
    refused(
        "{" + a + "}", 3, "tensors end at byte 4 of the data but the file holds 3 (truncated?)");
    refused("{" + a + "}", 9, "but the file holds 9 (trailing bytes)");
  }

  private static String entry(String dtype, String shape, String offsets) {
    return "{'a':{'dtype':'" + dtype + "','shape':" + shape + ",'data_offsets':" + offsets + "}}";
  }

  private void refused(String header, int dataBytes, String message) throws IOException {
    String json = header.replace('\'', '"');
    byte[] head = headed(json.length(), json);
    refused(Arrays.copyOf(head, head.length + dataBytes), message);
  }

  private void refused(byte[] content, String message) throws IOException {
    Path file = temp.resolve("bad.safetensors");
    Files.write(file, content);
    assertThatThrownBy(() -> SafeTensors.read(file))
        .isInstanceOf(UserException.class)
        .hasMessageStartingWith(file + ": ")
        .hasMessageContaining(message)
        .hasMessageNotContaining("\n");
  }

  private static byte[] headed(long length, String header) {
    byte[] json = header.getBytes(StandardCharsets.UTF_8);
    return ByteBuffer.allocate(8 + json.length)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putLong(length)
        .put(json)
        .array();
  }

  private static Tensor tensor(DType dtype, int... elements) {
    ByteBuffer bytes = ByteBuffer.allocate(elements.length * 2).order(ByteOrder.LITTLE_ENDIAN);
    for (int element : elements) {
      bytes.putShort((short) element);
    }
    return new Tensor(dtype, List.of((long) elements.length), bytes.flip());
  }
}
