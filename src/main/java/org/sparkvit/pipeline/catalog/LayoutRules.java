package org.sparkvit.pipeline.catalog;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.sparkvit.core.UserException;
import org.sparkvit.pipeline.catalog.FolderSurvey.Folder;

/**
 * Decides what the folders of an input are. A folder that is named like a split is one only if all
 * folders with images beside it are named so, too. Where that reading and the one as classes are
 * both likely, the user decides with {@code --layout}.
 */
final class LayoutRules {
  private static final int SHOWN = 5;

  private final String input;
  private final FolderSurvey survey;
  private final boolean labelled;
  private final List<Folder> filled;
  private final List<Folder> called;
  private final List<Folder> others;
  private final List<String> notes = new ArrayList<>();

  private LayoutRules(String input, FolderSurvey survey, boolean labelled) {
    this.input = input;
    this.survey = survey;
    this.labelled = labelled;
    this.filled = survey.folders().values().stream().filter(f -> f.images() > 0).toList();
    this.called = filled.stream().filter(Folder::isCalledSplit).toList();
    this.others = filled.stream().filter(f -> !f.isCalledSplit()).toList();
  }

  /**
   * Returns the layout of an input.
   *
   * @param input the input's URI, for messages
   * @param labelled whether folders may be classes at all
   * @param decisions receives the decision, and its reason where that is not obvious
   * @throws UserException when the folders may be read in two ways, or not in the requested one
   */
  static FolderLayout decide(
      String input,
      FolderSurvey survey,
      LayoutOption asked,
      boolean labelled,
      InputDecisions decisions) {
    LayoutRules rules = new LayoutRules(input, survey, labelled);
    FolderLayout layout =
        switch (asked) {
          case FOLDER -> new FolderLayout(FolderLayout.Kind.CLASSES, 0);
          case SPLITS -> rules.splits();
          case AUTO -> rules.auto();
        };
    decisions.say(rules.sentence(layout));
    return layout;
  }

  private FolderLayout auto() {
    if (called.isEmpty()) {
      return eachClassHasSplits() ? classesThenSplits() : classes();
    }
    if (others.isEmpty()) {
      boolean onlyClass =
          !survey.above().isEmpty()
              && survey.direct() > 0
              && called.stream().allMatch(folder -> folder.classes().isEmpty());
      if (onlyClass) {
        return classes();
      }
      requireNamesOfSplits();
      return splits();
    }
    requireNoClassesOfOthers();
    return classes();
  }

  private FolderLayout classes() {
    return new FolderLayout(FolderLayout.Kind.CLASSES, 0);
  }

  private FolderLayout classesThenSplits() {
    return new FolderLayout(FolderLayout.Kind.CLASSES_THEN_SPLITS, survey.above().size());
  }

  private FolderLayout splits() {
    if (called.isEmpty()) {
      if (eachClassHasSplits()) {
        return classesThenSplits();
      }
      throw new UserException(
          "--layout splits: no folder with images in '"
              + input
              + "' is called like a split (train, validation, test), but "
              + names(filled)
              + "; rename them, or leave --layout out");
    }
    boolean hasClasses = called.stream().anyMatch(folder -> !folder.classes().isEmpty());
    int above = survey.above().size();
    return above > 0 && !hasClasses && survey.direct() == 0 && others.isEmpty()
        // One class that has splits below it, and no folder of a purpose that nobody told.
        ? new FolderLayout(FolderLayout.Kind.CLASSES_THEN_SPLITS, above - 1)
        : new FolderLayout(FolderLayout.Kind.SPLITS, above);
  }

  private boolean eachClassHasSplits() {
    return !filled.isEmpty() && filled.stream().allMatch(f -> f.inSplits() == f.images());
  }

  /**
   * Checks that names say nothing but splits. "test-strip" and "validation_failed" are more likely
   * classes.
   */
  private void requireNamesOfSplits() {
    Set<Set<String>> besides =
        called.stream().map(f -> FolderLayout.besidesSplit(f.name())).collect(Collectors.toSet());
    boolean oneSplit =
        !besides.contains(Set.of())
            && called.stream().map(f -> FolderLayout.splitNamed(f.name())).distinct().count() == 1;
    boolean classesBelow = called.stream().allMatch(f -> f.direct() == 0);
    if ((besides.size() > 1 || oneSplit) && !classesBelow) {
      throw ambiguous(
          "the names of " + names(called) + " have the word of a split in them, and say more");
    }
  }

  /**
   * Checks that the folders beside those named like splits do not hold the same classes. Where they
   * do, all of them are more likely splits than classes.
   */
  private void requireNoClassesOfOthers() {
    Set<String> below = new TreeSet<>();
    for (Folder folder : called) {
      below.addAll(folder.classes());
    }
    for (Folder other : others) {
      Set<String> same = new TreeSet<>(other.classes());
      same.retainAll(below);
      if (!same.isEmpty()) {
        throw ambiguous(
            names(called)
                + (called.size() == 1 ? " is" : " are")
                + " called like a split and '"
                + other.name()
                + "' beside it is not, but both hold "
                + quoted(List.copyOf(same)));
      }
      if (below.contains(other.name())) {
        throw ambiguous(
            "'"
                + other.name()
                + "' stands beside "
                + names(called)
                + " and is a folder in there as well");
      }
    }
    Set<String> seen = new TreeSet<>();
    for (Folder folder : called) {
      for (String name : folder.classes()) {
        if (!seen.add(name)) {
          throw ambiguous(
              names(called)
                  + " are called like splits and hold '"
                  + name
                  + "' each, but "
                  + names(others)
                  + " beside them "
                  + (others.size() == 1 ? "is" : "are")
                  + " not called so");
        }
      }
    }
  }

  private UserException ambiguous(String why) {
    Set<String> classes = new TreeSet<>();
    called.forEach(folder -> classes.addAll(folder.classes()));
    return new UserException(
        "--input '"
            + input
            + "' may be read in two ways: "
            + why
            + ". As splits: "
            + names(called)
            + (classes.isEmpty()
                ? " without classes"
                : " with the classes " + quoted(List.copyOf(classes)))
            + (others.isEmpty() ? "" : ", and " + names(others) + " in no split")
            + "; pass --layout splits"
            + (others.isEmpty() ? "" : ", or first rename what is a split, too")
            + ". As classes: "
            + names(filled)
            + "; pass --layout folder");
  }

  private String sentence(FolderLayout layout) {
    String what =
        switch (layout.kind()) {
          case CLASSES -> ofClasses();
          case SPLITS -> ofSplits();
          case CLASSES_THEN_SPLITS -> ofClassesThenSplits(layout.base());
        };
    List<String> empty =
        survey.folders().values().stream()
            .filter(folder -> folder.images() == 0)
            .map(Folder::name)
            .toList();
    if (!empty.isEmpty()) {
      notes.add(number(empty.size(), "folder") + " left out, without images: " + quoted(empty));
    }
    return "layout: "
        + Stream.concat(Stream.of(what), notes.stream()).collect(Collectors.joining("; "));
  }

  private String ofClasses() {
    if (!labelled) {
      return "folders are no classes, as --unlabelled says";
    }
    boolean one = !survey.above().isEmpty();
    if (!called.isEmpty() && !one) {
      notes.add(
          names(called)
              + (called.size() == 1 ? " is a class here" : " are classes here")
              + (others.isEmpty()
                  ? ", as --layout folder says"
                  : ": "
                      + (called.size() == 1 ? "it stands" : "they stand")
                      + " beside "
                      + names(others)));
    }
    long inSplits = filled.stream().mapToLong(Folder::inSplits).sum();
    if (inSplits > 0) {
      notes.add(
          number(inSplits, "image")
              + " in folders below the classes that are called like splits: not taken for splits");
    }
    if (survey.shared().size() > 1) {
      notes.add(
          "each of them has the same folders, "
              + quoted(List.copyOf(survey.shared()))
              + ": if those are the classes, give each of "
              + names(filled)
              + " as an --input of its own");
    }
    if (survey.direct() > 0 && !one) {
      notes.add(number(survey.direct(), "image") + " above the classes without a label");
    }
    return number(one ? 1 : filled.size(), "class");
  }

  private String ofSplits() {
    Map<String, Set<String>> bySplit = new TreeMap<>();
    Set<String> classes = new TreeSet<>();
    long direct = 0;
    for (Folder folder : called) {
      bySplit
          .computeIfAbsent(FolderLayout.splitNamed(folder.name()), split -> new TreeSet<>())
          .addAll(folder.classes());
      classes.addAll(folder.classes());
      direct += folder.direct();
    }
    String splits = number(bySplit.size(), "split");
    if (!survey.above().isEmpty()) {
      notes.add("in folder '" + String.join("/", survey.above()) + "'");
    }
    for (Folder other : others) {
      notes.add(
          "'"
              + other.name()
              + "' is not called like a split: its "
              + number(other.images(), "image")
              + " are given none");
    }
    if (survey.direct() > 0) {
      notes.add(number(survey.direct(), "image") + " beside the splits in none, without a label");
    }
    if (!labelled) {
      return splits + "; no labels, as --unlabelled says";
    }
    if (classes.isEmpty()) {
      return splits + " without classes (" + names(called) + ")";
    }
    bySplit.forEach(
        (split, its) -> {
          List<String> lacks = classes.stream().filter(name -> !its.contains(name)).toList();
          if (!lacks.isEmpty()) {
            notes.add(
                split + " has no image of " + number(lacks.size(), "class") + ": " + quoted(lacks));
          }
        });
    if (direct > 0) {
      notes.add(number(direct, "image") + " in splits but in no class folder, without a label");
    }
    return splits + " x " + number(classes.size(), "class") + " (" + names(called) + ")";
  }

  private String ofClassesThenSplits(int base) {
    Set<String> splits = new TreeSet<>();
    int classes = filled.size();
    if (base == survey.above().size()) {
      filled.forEach(folder -> splits.addAll(folder.splits()));
    } else {
      classes = 1;
      called.forEach(folder -> splits.add(FolderLayout.splitNamed(folder.name())));
      notes.add("'" + survey.above().get(base) + "' is the class of all");
    }
    return number(classes, "class")
        + " x "
        + number(splits.size(), "split")
        + ", the splits being folders of each class";
  }

  private static String names(List<Folder> folders) {
    return quoted(folders.stream().map(Folder::name).toList());
  }

  private static String quoted(List<String> names) {
    List<String> shown =
        names.stream().limit(SHOWN).map(name -> "'" + name + "'").collect(Collectors.toList());
    if (names.size() > SHOWN) {
      return String.join(", ", shown) + " and " + (names.size() - SHOWN) + " more";
    }
    return shown.size() < 2
        ? String.join("", shown)
        : String.join(", ", shown.subList(0, shown.size() - 1))
            + " and "
            + shown.get(shown.size() - 1);
  }

  private static String number(long number, String what) {
    String plural = what.endsWith("s") ? what + "es" : what + "s";
    return String.format(Locale.ROOT, "%,d %s", number, number == 1 ? what : plural);
  }
}
