package org.sparkvit.faults;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.sparkvit.core.Progress;
import org.sparkvit.tools.demo.SampleDataset;
import org.sparkvit.tools.demo.SampleRecipe;

/**
 * Drawn images in folders by class.
 *
 * @param folder the class folders' parent
 * @param broken the files that are broken, and how
 */
record DrawnImages(Path folder, Map<Path, Breakage> broken) {
  private static final int EVERY = 20;

  /** All sound but for what {@link SampleDataset} plants. */
  static DrawnImages sound(Path folder, int images) throws IOException {
    SampleDataset.draw(folder, SampleRecipe.usual(images, 11), Progress.SILENT);
    Path pictures = folder.resolve(SampleDataset.IMAGES);
    Files.delete(pictures.resolve(SampleDataset.MANIFEST));
    return new DrawnImages(pictures, Map.of());
  }

  /** One in twenty is broken, all kinds in turn. */
  static DrawnImages withBroken(Path folder, int images) throws IOException {
    Path pictures = sound(folder, images).folder;
    Map<Path, Breakage> broken = new LinkedHashMap<>();
    List<Path> files = files(pictures);
    Breakage[] kinds = Breakage.values();
    for (int i = EVERY / 2; i < files.size(); i += EVERY) {
      Breakage kind = kinds[i / EVERY % kinds.length];
      broken.put(kind.replace(files.get(i)), kind);
    }
    return new DrawnImages(pictures, broken);
  }

  /** Breaks those files that the catalog is to see whole. */
  void breakAfterCatalog() throws IOException {
    for (Map.Entry<Path, Breakage> file : broken.entrySet()) {
      file.getValue().afterCatalog(file.getKey());
    }
  }

  static List<Path> files(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.filter(Files::isRegularFile).sorted().toList();
    }
  }
}
