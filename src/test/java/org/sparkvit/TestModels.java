package org.sparkvit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.sparkvit.dataset.workspace.Json;

/** Models of workspaces on the local disk, for tests that look into them. */
public final class TestModels {
  private TestModels() {}

  /** The folder of the version that is current, read without the program's help. */
  public static Path current(Path workspace, String name) throws IOException {
    Path model = workspace.resolve("models").resolve(name);
    Path pointer = model.resolve("current.json");
    String version = Json.read("pointer", Files.readString(pointer)).path("version").asText();
    return model.resolve("versions").resolve(version);
  }

  /** As many versions as there are folders. */
  public static long versions(Path workspace, String name) throws IOException {
    try (Stream<Path> folders =
        Files.list(workspace.resolve("models").resolve(name).resolve("versions"))) {
      return folders.count();
    }
  }
}
