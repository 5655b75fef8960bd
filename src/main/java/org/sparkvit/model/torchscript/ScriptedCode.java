package org.sparkvit.model.torchscript;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.sparkvit.core.UserException;

/**
 * Reads the code of a TorchScript archive and checks the operators that it names against a list of
 * those that only compute. {@code torch.NAME} is operator {@code aten::NAME}, {@code
 * ops.SPACE.NAME} is {@code SPACE::NAME}, and a call {@code x.NAME} may be either a method or an
 * operator.
 */
final class ScriptedCode {
  /** The list is made by src/test/python/make_scripted_operators.py. */
  private static final Set<String> OPERATORS = operators();

  /** The names of operators that are not on the list and do more than compute. */
  private static final Set<String> DANGEROUS =
      Set.of(
          "save",
          "from_file",
          "load",
          "PythonOp",
          "IgnoredPythonOp",
          "rpc_async",
          "rpc_sync",
          "rpc_remote",
          "remote",
          "rpc");

  private static final Set<String> HIDING = Set.of("\\", "\"", "'");

  private static final Set<String> TENSOR_FUNCTIONS =
      Set.of(
          "torch._utils _rebuild_tensor_v2",
          "torch._utils _rebuild_parameter",
          "torch._utils _rebuild_qtensor",
          "torch._utils _rebuild_sparse_tensor",
          "torch._utils _rebuild_sparse_csr_tensor",
          "torch device",
          "torch per_tensor_affine",
          "torch per_channel_affine",
          "torch per_channel_affine_float_qparams",
          "collections OrderedDict");

  private static final String CUSTOM = "__torch__.torch.classes.";

  private final Path file;

  ScriptedCode(Path file) {
    this.file = file;
  }

  /**
   * Requires that the classes and functions of a pickle are those of tensors and of the archive's
   * own code.
   *
   * @param globals the names, each as {@code module name}
   * @param storages receives the types of tensors
   * @throws UserException when another name occurs
   */
  void checkGlobals(Set<String> globals, Set<String> storages) {
    for (String global : globals) {
      String name = global.substring(global.indexOf(' ') + 1);
      if (global.startsWith("torch ") && name.endsWith("Storage")) {
        storages.add(name);
      } else if (global.startsWith("__torch__ ") || global.startsWith("__torch__.")) {
        requireOwn(global.replace(' ', '.'));
      } else if (!TENSOR_FUNCTIONS.contains(global) && !global.startsWith("torch.jit._pickle ")) {
        throw refused("data.pkl", global.replace(' ', '.'));
      }
    }
  }

  /**
   * Requires that a file of the archive calls only operators that compute.
   *
   * @param entry the file's name in the archive
   * @param code the file's text
   * @throws UserException when it calls anything else
   */
  void check(String entry, String code) {
    List<String> tokens = tokens(code);
    for (int i = 0; i < tokens.size(); i++) {
      String token = tokens.get(i);
      // PyTorch does not write these signs, and they could hide what it reads.
      if (HIDING.contains(token)) {
        throw refused(entry, "the sign " + token);
      }
      boolean member = i > 0 && tokens.get(i - 1).equals(".");
      if (member ? DANGEROUS.contains(token) : token.startsWith("rpc_")) {
        throw refused(entry, token);
      } else if (!member && token.equals("torch")) {
        requireOperator(entry, "aten::" + member(tokens, i + 1, entry, token));
      } else if (!member && token.equals("ops")) {
        String space = member(tokens, i + 1, entry, token);
        requireOperator(entry, space + "::" + member(tokens, i + 3, entry, "ops." + space));
      } else if (!member && token.equals("__torch__")) {
        requireOwn(path(tokens, i));
      } else if (token.equals("getattr") && !member) {
        requireHarmlessAttribute(entry, tokens, i);
      }
    }
  }

  /** Returns the name that follows the dot at an index. */
  private String member(List<String> tokens, int dot, String entry, String owner) {
    if (dot + 1 >= tokens.size() || !tokens.get(dot).equals(".")) {
      throw refused(entry, "'" + owner + "' by itself");
    }
    return tokens.get(dot + 1);
  }

  private void requireOperator(String entry, String operator) {
    if (!OPERATORS.contains(operator)) {
      throw refused(entry, operator);
    }
  }

  /**
   * Requires that a class is not defined in C++, as such a class may do anything. The quantized
   * ones are allowed, since they hold packed weights.
   */
  private void requireOwn(String path) {
    if (path.startsWith(CUSTOM) && !path.startsWith(CUSTOM + "quantized.")) {
      throw refused("code", path);
    }
  }

  private static String path(List<String> tokens, int from) {
    StringBuilder path = new StringBuilder(tokens.get(from));
    for (int i = from + 1; i + 1 < tokens.size() && tokens.get(i).equals("."); i += 2) {
      path.append('.').append(tokens.get(i + 1));
    }
    return path.toString();
  }

  /**
   * Checks a call {@code getattr(x, "NAME")}, in which the name is a string. Every string up to the
   * end of the call is checked.
   */
  private void requireHarmlessAttribute(String entry, List<String> tokens, int from) {
    int depth = 0;
    for (int i = from + 1; i < tokens.size(); i++) {
      String token = tokens.get(i);
      depth += token.equals("(") ? 1 : token.equals(")") ? -1 : 0;
      if (depth == 0) {
        return;
      }
      if (token.startsWith("\"") || token.startsWith("'")) {
        String name = token.substring(1, token.length() - 1);
        if (name.contains("\\") || DANGEROUS.contains(name)) {
          throw refused(entry, "getattr of " + token);
        }
      }
    }
  }

  private UserException refused(String entry, String what) {
    return new UserException(
        file
            + ": "
            + entry
            + " uses "
            + what
            + ", which is not on the list of operators that only compute; a module that touches"
            + " files, processes or the network is not run, and one that uses other libraries'"
            + " operators (torchvision's, for example) cannot be");
  }

  /**
   * Splits code into names, numbers, quoted strings and single signs, without white space and
   * comments. A quote that is not closed on its line, or that is one of three, is a sign.
   */
  static List<String> tokens(String code) {
    List<String> tokens = new ArrayList<>();
    int at = 0;
    while (at < code.length()) {
      char c = code.charAt(at);
      int end = at + 1;
      if (c == '#') {
        end = code.indexOf('\n', at);
        end = end < 0 ? code.length() : end;
      } else if (!Character.isWhitespace(c)) {
        if (c == '"' || c == '\'') {
          end = code.startsWith(String.valueOf(c).repeat(3), at) ? end : endOfString(code, at);
        } else if (isWord(c)) {
          while (end < code.length() && isWord(code.charAt(end))) {
            end++;
          }
        }
        tokens.add(code.substring(at, end));
      }
      at = end;
    }
    return tokens;
  }

  private static int endOfString(String code, int from) {
    for (int i = from + 1; i < code.length() && code.charAt(i) != '\n'; i++) {
      if (code.charAt(i) == '\\') {
        i++;
      } else if (code.charAt(i) == code.charAt(from)) {
        return i + 1;
      }
    }
    return from + 1;
  }

  /**
   * Returns whether a character belongs to a name or number. PyTorch's lexer knows no letters
   * beyond ASCII.
   */
  private static boolean isWord(char c) {
    return c == '_' || (c < 128 && Character.isLetterOrDigit(c));
  }

  private static Set<String> operators() {
    try (BufferedReader in =
        new BufferedReader(
            new InputStreamReader(
                ScriptedCode.class.getResourceAsStream("torchscript-operators.txt"),
                StandardCharsets.UTF_8))) {
      return in.lines().filter(line -> !line.startsWith("#")).collect(Collectors.toSet());
    } catch (IOException e) {
      throw new UncheckedIOException("reading the list of operators", e);
    }
  }
}
