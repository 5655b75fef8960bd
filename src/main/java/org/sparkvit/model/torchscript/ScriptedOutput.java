package org.sparkvit.model.torchscript;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Finds the last operator that the code of a TorchScript archive applies to its result, without
 * running it. Values alone do not tell whether an answer of 0.2 and 0.7 is logits or has been
 * through a sigmoid.
 *
 * <p>PyTorch writes one statement a line and gives every value a name of its own. So the answer is
 * followed back from {@code return} through names, calls of methods and functions, and operators
 * that keep values. Where that leads nowhere, the operator is unknown.
 */
final class ScriptedOutput {
  /** The number of steps after which the search is given up. */
  private static final int MOST_STEPS = 200;

  /** Stands for an argument of a method. */
  private static final String ARGUMENT = "";

  private static final Pattern CLASS = Pattern.compile("class (\\w+)\\(.*");
  private static final Pattern METHOD = Pattern.compile(" *def (\\w+)\\((\\w*).*");
  private static final Pattern ATTRIBUTE = Pattern.compile("  (\\w+) : (\\S+)");
  private static final Pattern ANNOTATION =
      Pattern.compile("  __annotations__\\[\"(.+)\"\\] = (\\S+)");

  /** Operators that return the values of their first argument, perhaps in another shape or type. */
  private static final Set<String> KEEP_VALUES =
      Set.of(
          "to",
          "type_as",
          "float",
          "contiguous",
          "detach",
          "clone",
          "alias",
          "view",
          "reshape",
          "flatten",
          "squeeze",
          "dropout",
          "round");

  /** Operators that count as such where their second argument is a number. */
  private static final Set<String> SCALE = Set.of("mul", "div", "add", "sub");

  /** Operators whose results have no bounds. */
  private static final Set<String> UNBOUNDED =
      Set.of("linear", "addmm", "matmul", "mm", "bmm", "conv2d", "_convolution", "batch_norm");

  /** Operators whose results are not logits, with the reason. Results of others may be logits. */
  private static final Map<String, String> NO_LOGITS =
      Map.ofEntries(
          Map.entry("softmax", "probabilities would go through softmax a second time"),
          Map.entry("sigmoid", "values of 0 to 1 would be squeezed a second time"),
          Map.entry("hardsigmoid", "values of 0 to 1 would be squeezed a second time"),
          Map.entry("exp", "what is above 0 only would be squeezed a second time"),
          Map.entry("topk", "the largest values are not in the order of the classes"),
          Map.entry("sort", "sorted values are not in the order of the classes"),
          Map.entry("argmax", "the number of a class is no value for each of them"),
          Map.entry("argsort", "numbers of classes are no values of them"),
          Map.entry("one_hot", "the decision is no value for each class"));

  private final Map<String, Body> bodies = new HashMap<>();
  private final Map<String, String> attributes = new HashMap<>();
  private int steps;

  /**
   * The statements of a method or function.
   *
   * @param owner the class of a method, or null for a function
   * @param self the name by which a method refers to its module
   */
  private record Body(String owner, String self, List<String> statements) {}

  private ScriptedOutput() {}

  /**
   * Returns the operator that gives the answer of a module, or null where it is not found.
   *
   * @param files the archive's code by the name of its module, such as {@code __torch__.a.b}
   * @param model the class of the whole model, such as {@code __torch__.a.b.Net}
   */
  static String last(Map<String, String> files, String model) {
    ScriptedOutput output = new ScriptedOutput();
    files.forEach(output::read);
    return output.returned(model + ".forward");
  }

  /** Returns the reason why the result of an operator is not logits, or empty where it may be. */
  static Optional<String> flaw(String operator) {
    String why = operator == null ? null : NO_LOGITS.get(operator);
    return why == null ? Optional.empty() : Optional.of("torch." + operator + ": " + why);
  }

  /** Returns whether the result of an operator has no bounds. */
  static boolean isUnbounded(String operator) {
    return operator != null && UNBOUNDED.contains(operator);
  }

  private void read(String module, String code) {
    String owner = null;
    Body body = null;
    for (String line : code.lines().toList()) {
      Matcher type = CLASS.matcher(line);
      Matcher method = METHOD.matcher(line);
      if (type.matches()) {
        owner = module + "." + type.group(1);
        body = null;
      } else if (method.matches()) {
        owner = line.startsWith(" ") ? owner : null;
        body = new Body(owner, method.group(2), new ArrayList<>());
        bodies.put((owner == null ? module : owner) + "." + method.group(1), body);
      } else if (body != null) {
        body.statements.add(line.strip());
      } else if (owner != null) {
        readAttribute(owner, line);
      }
    }
  }

  private void readAttribute(String owner, String line) {
    for (Pattern pattern : List.of(ANNOTATION, ATTRIBUTE)) {
      Matcher attribute = pattern.matcher(line);
      if (attribute.matches()) {
        attributes.put(owner + "." + attribute.group(1), attribute.group(2));
      }
    }
  }

  /**
   * Returns the operator whose result a method or function returns, or null where it is not found.
   */
  private String returned(String method) {
    Body body = bodies.get(method);
    if (body == null) {
      return null;
    }
    for (int i = body.statements.size() - 1; i >= 0; i--) {
      String statement = body.statements.get(i);
      if (statement.startsWith("return ")) {
        return operator(ScriptedCode.tokens(statement.substring(7)), body);
      }
    }
    return null;
  }

  private String operator(List<String> given, Body body) {
    if (++steps > MOST_STEPS || given.isEmpty()) {
      return null;
    }
    String first = given.get(0);
    if (given.size() == 1) {
      List<String> value = assigned(first, body);
      return value == null ? ARGUMENT : operator(value, body);
    }
    String last = given.get(given.size() - 1);
    if (first.equals("{") && last.equals("}")) {
      return named(given, body);
    }
    int open = last.equals(")") ? opening(given) : -1;
    if (open < 0) {
      return null;
    }
    List<List<String>> arguments = parts(given.subList(open + 1, given.size() - 1));
    if (open == 0) {
      // The logits are the first element of a tuple.
      return arguments.isEmpty() ? null : operator(arguments.get(0), body);
    }
    List<String> called = given.subList(0, open);
    if (List.of("annotate", "unchecked_cast").contains(first) && open == 1) {
      return arguments.size() < 2 ? null : operator(arguments.get(1), body);
    }
    if (first.equals("torch") && open == 3) {
      String name = called.get(2).replaceFirst("_$", "").replaceFirst("^_(?=softmax)", "");
      boolean keeps =
          KEEP_VALUES.contains(name)
              || (SCALE.contains(name) && arguments.size() > 1 && isNumber(arguments.get(1)));
      return keeps && !arguments.isEmpty() ? operator(arguments.get(0), body) : name;
    }
    String result = returned(method(called, body));
    return ARGUMENT.equals(result) && !arguments.isEmpty()
        ? operator(arguments.get(0), body)
        : result;
  }

  /**
   * Returns the operator of a dictionary's logits, or of its only entry, or null where it is not
   * found.
   */
  private String named(List<String> dictionary, Body body) {
    List<List<String>> entries = parts(dictionary.subList(1, dictionary.size() - 1));
    for (List<String> entry : entries) {
      boolean logits =
          entry.get(0).substring(1).startsWith(ScriptedModel.LOGITS)
              && entry.get(0).length() == ScriptedModel.LOGITS.length() + 2;
      if ((logits || entries.size() == 1) && entry.size() > 2 && entry.get(1).equals(":")) {
        return operator(entry.subList(2, entry.size()), body);
      }
    }
    return null;
  }

  /**
   * Returns the full name of the method or function that is called, or null where it is not found.
   */
  private String method(List<String> called, Body body) {
    int end = called.size();
    if (called.get(0).equals("__torch__")) {
      return String.join("", called);
    }
    if (end == 1) {
      List<String> value = assigned(called.get(0), body);
      return value != null && !value.isEmpty() && value.get(0).equals("__torch__")
          ? String.join("", value)
          : null;
    }
    String owner = called.get(end - 2).equals(".") ? type(called.subList(0, end - 2), body) : null;
    return owner == null ? null : owner + "." + called.get(end - 1);
  }

  /** Returns the class of a module that an expression names, or null where it is not found. */
  private String type(List<String> given, Body body) {
    int end = given.size();
    if (++steps > MOST_STEPS || end == 0) {
      return null;
    }
    if (end == 1) {
      if (given.get(0).equals(body.self)) {
        return body.owner;
      }
      List<String> value = assigned(given.get(0), body);
      return value == null ? null : type(value, body);
    }
    if (given.get(end - 1).equals(")")) {
      int open = opening(given);
      List<List<String>> inner = parts(given.subList(open + 1, end - 1));
      if (open == 0) {
        return inner.size() == 1 ? type(inner.get(0), body) : null;
      }
      boolean attribute =
          open == 1
              && given.get(0).equals("getattr")
              && inner.size() == 2
              && inner.get(1).get(0).length() > 2;
      if (!attribute) {
        return null;
      }
      String name = inner.get(1).get(0);
      return attributes.get(type(inner.get(0), body) + "." + name.substring(1, name.length() - 1));
    }
    return given.get(end - 2).equals(".")
        ? attributes.get(type(given.subList(0, end - 2), body) + "." + given.get(end - 1))
        : null;
  }

  private static boolean isNumber(List<String> argument) {
    String first = argument.get(0);
    return first.equals("-") || first.equals("CONSTANTS") || Character.isDigit(first.charAt(0));
  }

  /**
   * Returns the value that a name is given last, alone or as the first of several names. It is
   * empty where the name is a further one of several, and null where the name is an argument.
   */
  private static List<String> assigned(String name, Body body) {
    for (int i = body.statements.size() - 1; i >= 0; i--) {
      String statement = body.statements.get(i);
      int given = statement.indexOf(" = ");
      if (given < 0 || !statement.substring(0, given).contains(name)) {
        continue;
      }
      List<String> tokens = ScriptedCode.tokens(statement);
      int equals = tokens.indexOf("=");
      int at = tokens.indexOf(name);
      boolean names = equals > 0 && (equals == 1 || tokens.get(1).equals(","));
      if (names && at >= 0 && at < equals && equals + 1 < tokens.size()) {
        return at == 0 ? tokens.subList(equals + 1, tokens.size()) : List.of();
      }
    }
    return null;
  }

  /** Returns the index of the bracket that the last sign closes, or -1 where there is none. */
  private static int opening(List<String> tokens) {
    int depth = 0;
    for (int i = tokens.size() - 1; i >= 0; i--) {
      depth += depth(tokens.get(i));
      if (depth == 0) {
        return i;
      }
    }
    return -1;
  }

  private static List<List<String>> parts(List<String> tokens) {
    List<List<String>> parts = new ArrayList<>();
    int depth = 0;
    int from = 0;
    for (int i = 0; i <= tokens.size(); i++) {
      if (i == tokens.size() || (depth == 0 && tokens.get(i).equals(","))) {
        if (i > from) {
          parts.add(tokens.subList(from, i));
        }
        from = i + 1;
      } else {
        depth += depth(tokens.get(i));
      }
    }
    return parts;
  }

  private static int depth(String token) {
    return switch (token) {
      case "(", "[", "{" -> 1;
      case ")", "]", "}" -> -1;
      default -> 0;
    };
  }
}
