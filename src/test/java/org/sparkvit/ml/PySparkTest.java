package org.sparkvit.ml;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.spark.ml.PipelineStage;
import org.apache.spark.ml.param.IntParam;
import org.apache.spark.ml.param.Param;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Compares the Python module with the stages that it wraps, as texts. What its methods do is tried
 * by {@code .ci/check-pyspark}, where there is a PySpark.
 */
class PySparkTest {
  private static final Path MODULE = Path.of("src/main/resources/sparkvit.py");
  private static final String BASE = "_VitTransformer";

  private static final Pattern CLASS =
      Pattern.compile("^class (\\w+)\\(.*?(?=^class |\\z)", Pattern.MULTILINE | Pattern.DOTALL);

  private static final Pattern PARAM =
      Pattern.compile(
          """
          ^    (\\w+): "Param\\[(str|int)\\]" = Param\\(
                  Params\\._dummy\\(\\),
                  "(\\w+)",
          ((?:        "[^"]*"\\n?)+),
                  typeConverter=TypeConverters\\.(toString|toInt),
              \\)$\
          """,
          Pattern.MULTILINE);

  private static final Pattern SIGNATURE =
      Pattern.compile(
          "^    @keyword_only\n    def (\\w+)\\(\n        self,\n        \\*,\n(.*?)    \\) -> ",
          Pattern.MULTILINE | Pattern.DOTALL);

  private static final Pattern ARGUMENT = Pattern.compile("^ {8}(\\w+): (\\S+) = (.+),$");

  static List<PipelineStage> stages() {
    return List.of(new VitEmbedder(), new VitImageClassifier());
  }

  @Test
  void everyPublicStageHasAClassInPython() throws IOException {
    List<String> stages =
        new ClassFileImporter()
            .importPackages("org.sparkvit.ml").stream()
                .filter(type -> type.isAssignableTo(PipelineStage.class))
                .filter(type -> type.getModifiers().contains(JavaModifier.PUBLIC))
                .filter(type -> !type.getModifiers().contains(JavaModifier.ABSTRACT))
                .map(JavaClass::getSimpleName)
                .sorted()
                .toList();
    assertThat(stages).isEqualTo(stages().stream().map(PySparkTest::name).toList());
    assertThat(Files.readString(MODULE))
        .contains("\n__all__ = [\"" + String.join("\", \"", stages) + "\"]\n");
    assertThat(classes().keySet())
        .containsAll(stages)
        .allMatch(name -> name.startsWith("_") || stages.contains(name));
  }

  @ParameterizedTest
  @MethodSource("stages")
  void paramsAreThoseOfTheStage(PipelineStage stage) throws IOException {
    Map<String, String> declared = new TreeMap<>();
    int declarations = 0;
    for (String text : texts(stage)) {
      for (MatchResult param : matches(PARAM, text)) {
        assertThat(param.group(3)).isEqualTo(param.group(1));
        assertThat(param.group(5)).isEqualTo(param.group(2).equals("int") ? "toInt" : "toString");
        String doc = param.group(4).replaceAll("\"\n +\"", "").strip();
        declared.put(param.group(1), param.group(2) + " " + doc);
      }
      declarations += matches(Pattern.compile("\\bParam\\("), text).size();
    }
    // None is written in a way that the pattern does not know.
    assertThat(declared).hasSize(declarations);
    Map<String, String> expected = new TreeMap<>();
    for (Param<?> param : stage.params()) {
      expected.put(param.name(), type(param) + " \"" + param.doc() + "\"");
    }
    assertThat(declared).isEqualTo(expected);
  }

  @ParameterizedTest
  @MethodSource("stages")
  void bothConstructorAndSetParamsShowTheDefaultsOfTheStage(PipelineStage stage)
      throws IOException {
    Map<String, String> expected = new TreeMap<>();
    for (Param<?> param : stage.params()) {
      String type = type(param);
      expected.put(
          param.name(),
          stage.hasDefault(param)
              ? type + " = " + python(stage.getDefault(param).get())
              : "Optional[" + type + "] = None");
    }
    List<MatchResult> signatures = matches(SIGNATURE, classes().get(name(stage)));
    assertThat(signatures.stream().map(match -> match.group(1)))
        .containsExactly("__init__", "setParams");
    for (MatchResult signature : signatures) {
      Map<String, String> shown = new TreeMap<>();
      for (String line : signature.group(2).lines().toList()) {
        Matcher argument = ARGUMENT.matcher(line);
        assertThat(argument.matches()).as(line).isTrue();
        shown.put(argument.group(1), argument.group(2) + " = " + argument.group(3));
      }
      assertThat(shown).as(signature.group(1)).isEqualTo(expected);
    }
  }

  @ParameterizedTest
  @MethodSource("stages")
  void everyParamHasAGetterAndASetterWithADocumentation(PipelineStage stage) throws IOException {
    String text = String.join("", texts(stage));
    for (Param<?> param : stage.params()) {
      String name = param.name();
      String suffix = Character.toUpperCase(name.charAt(0)) + name.substring(1);
      String type = type(param);
      String words = "        \"\"\"[^\"]+\"\"\"\n";
      assertThat(text)
          .containsPattern(
              "    def get%s\\(self\\) -> %s:\n".formatted(suffix, type)
                  + words
                  + "        return self\\.getOrDefault\\(self\\.%s\\)".formatted(name))
          .containsPattern(
              "    def set%s\\(self(: T)?, value: %s\\) -> ".formatted(suffix, type)
                  + "(T|\"%s\"):\n".formatted(name(stage))
                  + words
                  + "        return self\\._set\\(%s=value\\)\n".formatted(name));
    }
  }

  @Test
  void theJavaClassesAreNamed() throws IOException {
    for (PipelineStage stage : stages()) {
      assertThat(classes().get(name(stage)))
          .contains("\n    _java_class = \"" + stage.getClass().getName() + "\"\n");
    }
  }

  private static String name(PipelineStage stage) {
    return stage.getClass().getSimpleName();
  }

  private static String type(Param<?> param) {
    return param instanceof IntParam ? "int" : "str";
  }

  private static String python(Object value) {
    return value instanceof String ? "\"" + value + "\"" : String.valueOf(value);
  }

  /** The texts of the base class and of the stage's own. */
  private static List<String> texts(PipelineStage stage) throws IOException {
    Map<String, String> classes = classes();
    assertThat(classes.get(name(stage))).startsWith("class " + name(stage) + "(" + BASE + "):");
    return Stream.of(BASE, name(stage)).map(classes::get).toList();
  }

  private static Map<String, String> classes() throws IOException {
    Map<String, String> classes = new LinkedHashMap<>();
    for (MatchResult match : matches(CLASS, Files.readString(MODULE))) {
      classes.put(match.group(1), match.group());
    }
    return classes;
  }

  private static List<MatchResult> matches(Pattern pattern, String text) {
    List<MatchResult> matches = new ArrayList<>();
    Matcher matcher = pattern.matcher(text);
    while (matcher.find()) {
      matches.add(matcher.toMatchResult());
    }
    return matches;
  }
}
