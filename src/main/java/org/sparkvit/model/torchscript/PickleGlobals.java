package org.sparkvit.model.torchscript;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashSet;
import java.util.Set;
import org.sparkvit.core.UserException;

/** Reads a pickle of a TorchScript archive without running it. */
final class PickleGlobals {
  private PickleGlobals() {}

  /**
   * Returns the classes and functions that a pickle names, as {@code module name}, in their order.
   *
   * @param source the name of the pickle, for messages
   * @throws UserException at an opcode that PyTorch does not write
   */
  static Set<String> of(String source, byte[] pickle) {
    Set<String> globals = new LinkedHashSet<>();
    ByteBuffer in = ByteBuffer.wrap(pickle).order(ByteOrder.LITTLE_ENDIAN);
    try {
      while (true) {
        int opcode = in.get() & 0xff;
        switch (opcode) {
          case '.' -> {
            return globals;
          }
          case 'c' -> globals.add(line(in) + " " + line(in));
          // PROTO, BINPUT, BINGET, BININT1
          case 0x80, 'q', 'h', 'K' -> skip(in, 1);
          case 'M' -> skip(in, 2);
          // LONG_BINPUT, LONG_BINGET, BININT
          case 'r', 'j', 'J' -> skip(in, 4);
          case 'G' -> skip(in, 8);
          // BINUNICODE, BINSTRING, and their short forms
          case 'X', 'T' -> skip(in, in.getInt());
          case 'U', 0x8a, 0x8c -> skip(in, in.get() & 0xff);
          case '(', ')', 't', 0x85, 0x86, 0x87, ']', 'e', 'a', 'l', '}', 's', 'u', 'd' -> {}
          case 0x88, 0x89, 'N', 'R', 0x81, 'b', 'Q', '0', '1', '2' -> {}
          default ->
              throw new UserException(
                  source
                      + ": has opcode "
                      + opcode
                      + " at byte "
                      + (in.position() - 1)
                      + ", which TorchScript does not write");
        }
      }
    } catch (java.nio.BufferUnderflowException | IllegalArgumentException e) {
      throw new UserException(source + ": ends in the middle; copy the file again", e);
    }
  }

  private static void skip(ByteBuffer in, int bytes) {
    if (bytes < 0) {
      throw new IllegalArgumentException("negative length");
    }
    in.position(in.position() + bytes);
  }

  private static String line(ByteBuffer in) {
    ByteBuffer line = in.slice();
    int length = 0;
    while (in.get() != '\n') {
      length++;
    }
    return StandardCharsets.UTF_8.decode(line.limit(length)).toString();
  }
}
