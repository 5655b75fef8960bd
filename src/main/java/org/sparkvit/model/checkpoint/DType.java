package org.sparkvit.model.checkpoint;

/** The element types of safetensors files. */
public enum DType {
  BOOL(1),
  U8(1),
  I8(1),
  F8_E4M3(1),
  F8_E5M2(1),
  I16(2),
  U16(2),
  F16(2),
  BF16(2),
  I32(4),
  U32(4),
  F32(4),
  I64(8),
  U64(8),
  F64(8);

  private final int bytes;

  DType(int bytes) {
    this.bytes = bytes;
  }

  /** Returns the number of bytes of one element. */
  public int bytes() {
    return bytes;
  }

  /** Returns whether tensors of this type can hold weights. */
  boolean isFloat() {
    return this == F16 || this == BF16 || this == F32 || this == F64;
  }
}
