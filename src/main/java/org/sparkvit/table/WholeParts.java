package org.sparkvit.table;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * A table that a run writes as a whole: {@code _current.json} names the part that counts. Of two
 * runs at once the later one's rows count. The state before the present one stays for readers that
 * are still in it; older ones are deleted.
 */
final class WholeParts extends Parts {
  private static final String CURRENT = "_current.json";

  WholeParts(String table, FileSystem fs, Path folder) {
    super(table, fs, folder);
  }

  @Override
  List<String> current() throws IOException {
    return list(manifest(), "parts");
  }

  @Override
  void prepare(String part, Map<String, Object> record) throws IOException {
    AtomicFiles.write(fs, record(part), Json.write(record));
  }

  @Override
  void show(String part, Map<String, Object> record, Collection<String> instead)
      throws IOException {
    JsonNode manifest = manifest();
    List<String> former = list(manifest, "parts");
    Map<String, Object> next = new LinkedHashMap<>();
    next.put("format", Workspace.FORMAT);
    next.put("parts", List.of(part));
    next.put("previous", former);
    AtomicFiles.write(fs, new Path(folder, CURRENT), Json.write(next));
    List<String> kept = new ArrayList<>(former);
    kept.add(part);
    List<String> unused = list(manifest, "previous");
    unused.removeAll(kept);
    discard(unused);
    discardAbandoned(kept);
  }

  private JsonNode manifest() throws IOException {
    Path file = new Path(folder, CURRENT);
    Optional<String> text = Presence.text(fs, file);
    if (text.isEmpty()) {
      return json(file, "{}");
    }
    JsonNode manifest = json(file, text.get());
    Workspace.requireReadable(file, manifest);
    return manifest;
  }

  private static List<String> list(JsonNode manifest, String field) {
    List<String> names = new ArrayList<>();
    manifest.path(field).forEach(node -> names.add(node.asText()));
    return names;
  }
}
