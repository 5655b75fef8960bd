package org.sparkvit.table;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * A table to which runs add: a part counts from the moment that its run record is there, unless the
 * record of another part says that it stands in its place. So there is no file that two runs at
 * once would both have to change, which object stores offer no safe way to do, and none can lose
 * the other's part. That the two may have computed the same rows is settled by who reads: of rows
 * with one key that of the latest part counts.
 */
final class GrowingParts extends Parts {
  private static final String INSTEAD_OF = "instead_of";

  private final Optional<FormerFolder> former;

  /**
   * @param former where earlier versions wrote parts of the table
   */
  GrowingParts(String table, FileSystem fs, Path folder, Optional<FormerFolder> former) {
    super(table, fs, folder);
    this.former = former;
  }

  @Override
  List<String> current() throws IOException {
    Map<String, List<String>> finished = finished();
    TreeSet<String> names = new TreeSet<>(finished.keySet());
    finished.values().forEach(names::removeAll);
    return List.copyOf(names);
  }

  @Override
  SortedSet<String> names() throws IOException {
    SortedSet<String> names = super.names();
    if (former.isPresent()) {
      names.addAll(former.get().parts());
    }
    return names;
  }

  @Override
  Path path(String part) throws IOException {
    return former.isPresent() && former.get().parts().contains(part)
        ? new Path(former.get().folder(), part)
        : super.path(part);
  }

  @Override
  void prepare(String part, Map<String, Object> record) {
    // The record is what makes the part count.
  }

  @Override
  void show(String part, Map<String, Object> record, Collection<String> instead)
      throws IOException {
    Map<String, Object> marked = new LinkedHashMap<>(record);
    if (instead.isEmpty()) {
      AtomicFiles.write(fs, record(part), Json.write(marked));
      return;
    }
    Map<String, List<String>> before = finished();
    TreeSet<String> replacedBefore = new TreeSet<>();
    before.values().forEach(replacedBefore::addAll);
    TreeSet<String> insteadOf = new TreeSet<>(instead);
    // With what these stand for in turn, or its rows would come back when these are deleted.
    instead.forEach(name -> insteadOf.addAll(before.getOrDefault(name, List.of())));
    // What is deleted does not come back: nobody writes a part of the same name.
    insteadOf.retainAll(names());
    marked.put(INSTEAD_OF, List.copyOf(insteadOf));
    AtomicFiles.write(fs, record(part), Json.write(marked));
    // What counted until now stays for its readers, until parts are replaced the next time. In
    // order of age: a part goes after those that it stands for.
    discard(replacedBefore);
    TreeSet<String> kept = new TreeSet<>(before.keySet());
    kept.add(part);
    discardAbandoned(kept);
  }

  /** Finished parts, each with those in whose place it stands. */
  private Map<String, List<String>> finished() throws IOException {
    while (true) {
      SortedSet<String> names = names();
      Map<String, List<String>> finished = new TreeMap<>();
      for (String name : names) {
        replacedBy(name).ifPresent(instead -> finished.put(name, instead));
      }
      // Else a run has deleted parts meanwhile, and the one in their place may not be among these.
      if (names().containsAll(names)) {
        return finished;
      }
    }
  }

  /** What a part stands for; empty while it is being written, or where its run was killed. */
  private Optional<List<String>> replacedBy(String part) throws IOException {
    Path file = record(part);
    return Presence.text(fs, file)
        .map(
            text -> {
              List<String> instead = new ArrayList<>();
              JsonNode record = json(file, text);
              record.path(INSTEAD_OF).forEach(node -> instead.add(node.asText()));
              return instead;
            });
  }
}
