package org.sparkvit.model.checkpoint;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.sparkvit.core.UserException;

/**
 * The names of a model's classes as its configuration has them, made distinct. The model must give
 * each image one class.
 *
 * @param names the names by index of the logit; no name occurs twice or is blank
 * @param notes the remarks on the names for users, one sentence in each element
 */
public record ClassNames(List<String> names, List<String> notes) {
  /** The largest number of classes that a model may have. */
  static final int MAX = 1_000_000;

  private static final String SINGLE_LABEL = "single_label_classification";
  private static final String ID2LABEL = "id2label";
  private static final int SHOWN = 5;

  public ClassNames {
    names = List.copyOf(names);
    notes = List.copyOf(notes);
  }

  /**
   * Reads {@code id2label}, {@code num_labels} and {@code problem_type} of Hugging Face's {@code
   * config.json}. Without {@code id2label}, classes are called {@code LABEL_0}, {@code LABEL_1} and
   * so on. There are two of them unless {@code num_labels} says otherwise.
   *
   * @throws UserException when images may have several classes or none, or a class has no name
   */
  public static ClassNames read(ObjectNode config, String source) {
    JsonFields fields = new JsonFields(source, config.deepCopy());
    String problem = fields.takeString("problem_type", SINGLE_LABEL);
    if (!problem.equals(SINGLE_LABEL)) {
      throw fields.bad(
          "problem_type",
          "'" + problem + "'",
          "'"
              + SINGLE_LABEL
              + "' or absent: only classes that exclude each other are scored yet (softmax); 'train"
              + " --from' gives it a new head");
    }
    JsonNode label2id = fields.take("label2id");
    JsonNode id2label = fields.take(ID2LABEL);
    JsonNode given = fields.take("num_labels");
    int count = given == null ? 2 : fields.asInt("num_labels", given);
    if (id2label == null) {
      if (label2id != null) {
        throw fields.bad(ID2LABEL, "absent", "there where label2id is: it gives each class a name");
      }
      if (count < 1 || count > MAX) {
        throw fields.bad("num_labels", count, "1 to " + MAX);
      }
      requireSeveral(fields, count);
      return new ClassNames(
          IntStream.range(0, count).mapToObj(i -> "LABEL_" + i).toList(), List.of());
    }
    List<String> raw = inOrder(fields, id2label);
    if (given != null && count != raw.size()) {
      throw fields.bad(
          "num_labels", count, "the number of classes in id2label, " + raw.size() + ", or absent");
    }
    requireSeveral(fields, raw.size());
    ClassNames distinct = distinct(fields, ID2LABEL, raw);
    List<String> notes = new ArrayList<>(distinct.notes);
    contradiction(distinct, raw, label2id).ifPresent(notes::add);
    return new ClassNames(distinct.names, notes);
  }

  /**
   * Makes names of a list distinct.
   *
   * @param key the key of the list, for messages
   * @param raw the names by index of the logit
   * @throws UserException when there is one class only, or a class has no name
   */
  static ClassNames of(JsonFields fields, String key, List<String> raw) {
    requireSeveral(fields, raw.size());
    return distinct(fields, key, raw);
  }

  private static void requireSeveral(JsonFields fields, int count) {
    if (count == 1) {
      throw fields.bad(
          "number of labels",
          1,
          "2 or more: a single one is a regression or a yes and no by sigmoid, which is not scored"
              + " yet; 'train --from' gives it a new head");
    }
  }

  private static List<String> inOrder(JsonFields fields, JsonNode id2label) {
    if (!id2label.isObject()) {
      throw fields.bad(ID2LABEL, id2label, "an object such as {\"0\": \"cat\", \"1\": \"dog\"}");
    }
    Map<Integer, String> byId = new TreeMap<>();
    id2label
        .fields()
        .forEachRemaining(
            e -> {
              JsonNode name = e.getValue();
              // Integers are accepted as names, as they come from label columns of numbers.
              boolean named = name.isTextual() || name.isIntegralNumber();
              if (!e.getKey().matches("\\d{1,9}") || !named) {
                throw fields.bad(ID2LABEL, e.getKey() + " -> " + name, "a number to a label");
              }
              if (byId.put(Integer.parseInt(e.getKey()), name.asText()) != null) {
                throw fields.bad(ID2LABEL, "twice for class " + e.getKey(), "there once for each");
              }
            });
    int next = 0;
    for (int id : byId.keySet()) {
      if (id != next++) {
        throw fields.bad(ID2LABEL, "without class " + (next - 1), "numbered 0, 1, 2 ...");
      }
    }
    if (byId.isEmpty() || byId.size() > MAX) {
      throw new UserException(
          fields.source() + ": number of labels is " + byId.size() + "; it must be 2 to " + MAX);
    }
    return List.copyOf(byId.values());
  }

  /**
   * Makes the names distinct. Names that differ only in white space count as equal, as people
   * cannot tell them apart.
   */
  private static ClassNames distinct(JsonFields fields, String key, List<String> raw) {
    Map<String, Integer> times = new HashMap<>();
    for (int i = 0; i < raw.size(); i++) {
      String shown = shown(raw.get(i));
      if (shown.isEmpty()) {
        throw fields.bad(key, "without a name for class " + i, "a name for each class; add one");
      }
      times.merge(shown, 1, Integer::sum);
    }
    Set<String> taken = new HashSet<>(times.keySet());
    taken.addAll(raw);
    List<String> names = new ArrayList<>(raw.size());
    List<String> renamed = new ArrayList<>();
    for (int i = 0; i < raw.size(); i++) {
      String name = raw.get(i);
      String shown = shown(name);
      if (times.get(shown) > 1) {
        name = shown + " (" + i + ")";
        while (!taken.add(name)) {
          name += "'";
        }
        renamed.add("'" + name + "'");
      }
      names.add(name);
    }
    if (renamed.isEmpty()) {
      return new ClassNames(names, List.of());
    }
    return new ClassNames(
        names,
        List.of(
            "classes of one name are told apart by their number: "
                + first(renamed)
                + " of "
                + fields.source()));
  }

  private static String shown(String name) {
    return name.strip().replaceAll("\\s+", " ");
  }

  /**
   * Returns a note where {@code label2id} contradicts {@code id2label}. The latter counts, as in
   * transformers.
   */
  private static Optional<String> contradiction(
      ClassNames distinct, List<String> raw, JsonNode label2id) {
    if (label2id == null || !distinct.notes.isEmpty()) {
      return Optional.empty();
    }
    for (int i = 0; i < raw.size(); i++) {
      JsonNode id = label2id.get(raw.get(i));
      if (id != null && !id.asText().equals(Integer.toString(i))) {
        return Optional.of(
            "label2id has "
                + id
                + " for '"
                + raw.get(i)
                + "' where id2label has "
                + i
                + "; id2label counts, as in transformers");
      }
    }
    return Optional.empty();
  }

  /** Returns the first few words of a list and the number of further ones. */
  static String first(List<String> words) {
    String shown = String.join(", ", words.subList(0, Math.min(SHOWN, words.size())));
    return words.size() > SHOWN ? shown + " and " + (words.size() - SHOWN) + " more" : shown;
  }

  /** Returns names for cases in which the classes do not matter. */
  static List<String> placeholders() {
    return List.of("LABEL_0", "LABEL_1");
  }
}
