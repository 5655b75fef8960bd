package org.sparkvit.pipeline.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FolderLayoutTest {
  @ParameterizedTest
  @CsvSource(
      nullValues = "-",
      value = {
        "cat/1.jpg,               cat, -",
        "cat/2021/05/1.jpg,       cat, -",
        "train/cat/1.jpg,         cat, train",
        "Training/cat/1.jpg,      cat, train",
        "val/cat/1.jpg,           cat, validation",
        "valid/cat/a/1.jpg,       cat, validation",
        "test/cat/1.jpg,          cat, test",
        "test/1.jpg,              -,   test",
        "cat/test/1.jpg,          cat, -",
        "1.jpg,                   -,   -",
        "train,                   -,   -",
      })
  void placesSayLabelAndSplit(String path, String label, String split) {
    assertThat(FolderLayout.place(path)).isEqualTo(new FolderLayout.Place(label, split));
  }

  @ParameterizedTest
  @CsvSource({
    ".DS_Store, true",
    "a/._1.jpg, true",
    "a/Thumbs.db, true",
    "a/_SUCCESS, true",
    "__MACOSX/a/1.jpg, true",
    ".cache/1.jpg, true",
    "a/_MG_0001.JPG, false",
    "_other_/1.jpg, false",
    "a/notes.doc, false",
  })
  void leftoversAreHidden(String path, boolean hidden) {
    assertThat(FolderLayout.isHidden(path)).isEqualTo(hidden);
  }
}
