package org.sparkvit;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.spark.package$;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * What the cluster jar redistributes: libraries with their licences, listed in full, for one
 * platform, and under names that collide with none of Spark's.
 */
class ClusterJarIT {
  private static final String SPARK =
      package$.MODULE$.SPARK_VERSION().replaceFirst("^(\\d+\\.\\d+).*", "$1");

  private static final Pattern NATIVE = Pattern.compile(".*\\.(so(\\.\\d+)*|dll|dylib|jnilib|a)");
  private static final Pattern BUNDLED =
      Pattern.compile(
          "\\s+([\\w.-]+):([\\w.-]+):jar:(?:([\\w.-]+):)?([^:\\s]+):(?:compile|runtime).*");

  /** Packages of libraries that Spark, Hadoop or a platform around them has, too. */
  private static final List<String> RELOCATED =
      List.of(
          "com/fasterxml/jackson/annotation/",
          "com/fasterxml/jackson/core/",
          "com/fasterxml/jackson/databind/",
          "com/google/common/",
          "com/google/gson/",
          "freemarker/",
          "io/delta/",
          "org/apache/",
          "org/roaringbitmap/",
          "org/slf4j/",
          "org/yaml/",
          "picocli/",
          "scala/");

  private static JarFile jar;
  private static List<String> entries;
  private static JsonNode sbom;

  @BeforeAll
  static void open() throws IOException {
    try (Stream<Path> files = Files.list(BuildFolder.path())) {
      Path file =
          files
              .filter(path -> path.getFileName().toString().matches("spark-vit-.*-cluster\\.jar"))
              .findFirst()
              .orElseThrow();
      jar = new JarFile(file.toFile());
    }
    entries = jar.stream().filter(entry -> !entry.isDirectory()).map(JarEntry::getName).toList();
    sbom = new ObjectMapper().readTree(text("META-INF/sbom/bom.json"));
  }

  @AfterAll
  static void close() throws IOException {
    jar.close();
  }

  private static String text(String entry) throws IOException {
    assertThat(jar.getEntry(entry)).as(entry).isNotNull();
    try (InputStream in = jar.getInputStream(jar.getEntry(entry))) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  /** One library, as {@code group:artifact:version}. */
  private static Set<String> components() {
    Set<String> components = new TreeSet<>();
    for (JsonNode component : sbom.path("components")) {
      components.add(
          component.path("group").asText()
              + ":"
              + component.path("name").asText()
              + ":"
              + component.path("version").asText());
    }
    return components;
  }

  @Test
  void theBillOfMaterialsHasWhatMavenBundles() throws IOException {
    Set<String> bundled = new TreeSet<>();
    for (String line : Files.readAllLines(BuildFolder.path().resolve("bundled.txt"))) {
      Matcher artifact = BUNDLED.matcher(line);
      if (artifact.matches()) {
        bundled.add(artifact.group(1) + ":" + artifact.group(2) + ":" + artifact.group(4));
      }
    }
    assertThat(bundled).hasSizeGreaterThan(15);
    assertThat(components()).isEqualTo(bundled);
    assertThat(sbom.path("bomFormat").asText()).isEqualTo("CycloneDX");
    assertThat(sbom.path("metadata").path("component").path("name").asText())
        .isEqualTo("spark-vit");
    assertThat(Files.readString(BuildFolder.path().resolve("bom.json")))
        .isEqualTo(text("META-INF/sbom/bom.json"));
  }

  /** What libraries say of themselves in the jar, which nothing but the jar decides. */
  @Test
  void theBillOfMaterialsHasWhatSaysItsNameInTheJar() throws IOException {
    Set<String> named = new TreeSet<>();
    for (String entry : entries) {
      if (entry.startsWith("META-INF/maven/") && entry.endsWith("/pom.properties")) {
        Properties properties = new Properties();
        try (InputStream in = jar.getInputStream(jar.getEntry(entry))) {
          properties.load(in);
        }
        named.add(
            properties.getProperty("groupId")
                + ":"
                + properties.getProperty("artifactId")
                + ":"
                + properties.getProperty("version"));
      }
    }
    named.removeIf(name -> name.startsWith("org.sparkvit:spark-vit:"));
    assertThat(named).isNotEmpty();
    assertThat(components()).containsAll(named);
  }

  @Test
  void everyLibraryHasItsLicence() throws IOException {
    String list = text("META-INF/licenses/THIRD-PARTY.txt");
    for (JsonNode component : sbom.path("components")) {
      String name = component.path("name").asText();
      String coordinates =
          component.path("group").asText() + ":" + name + ":" + component.path("version").asText();
      List<String> lines = list.lines().filter(line -> line.contains(coordinates + " ")).toList();
      assertThat(lines).as("lines of %s in THIRD-PARTY.txt", coordinates).hasSize(1);
      assertThat(lines.get(0)).matches("\\s*\\(.+\\).*\\(.+ - .+\\)").doesNotContain("Unknown");
      assertThat(component.path("licenses")).as("licences of %s", coordinates).isNotEmpty();
    }
    for (String name : List.of("jna", "commons-compress", "commons-io", "commons-lang3")) {
      assertThat(entries)
          .anyMatch(entry -> entry.matches("META-INF/licenses/" + name + "/LICENSE(\\.txt)?"));
    }
    assertThat(entries).contains("META-INF/licenses/jna/AL2.0");
    assertThat(text("META-INF/LICENSE")).isEqualTo(Files.readString(Path.of("LICENSE")));
  }

  @Test
  void thePageOfDependenciesHasThemAll() throws IOException {
    List<String> rows =
        Files.readAllLines(Path.of("src", "site", "markdown", "dependencies.md")).stream()
            .filter(line -> line.startsWith("| `") && line.contains(":"))
            // A version of one build only says of which.
            .filter(line -> !line.contains("(Spark ") || line.contains("(Spark " + SPARK + ")"))
            .toList();
    for (String component : components()) {
      String[] parts = component.split(":", -1);
      assertThat(rows)
          .as(component)
          .anyMatch(
              row ->
                  row.startsWith("| `" + parts[0] + ":" + parts[1] + "` | ")
                      && row.split("\\|", -1)[2].contains(" " + parts[2] + " "));
    }
    assertThat(rows).hasSameSizeAs(components());
  }

  /** The licences that the libraries' jars bring are the ones in the folders, none left out. */
  @Test
  void everyTextThatALibraryBringsIsThere() throws IOException {
    Pattern texts = Pattern.compile("(META-INF/)?((?:LICENSE|NOTICE)[^/]*(?<!\\.class))");
    int found = 0;
    for (File file : bundledFiles()) {
      try (JarFile library = new JarFile(file)) {
        for (String entry : library.stream().map(JarEntry::getName).toList()) {
          Matcher text = texts.matcher(entry);
          if (text.matches()) {
            found++;
            assertThat(entries)
                .as("%s of %s", entry, file.getName())
                .anyMatch(
                    own ->
                        own.startsWith("META-INF/licenses/")
                            && file.getName().startsWith(own.split("/", -1)[2] + "-")
                            && own.endsWith("/" + text.group(2)));
          }
        }
      }
    }
    assertThat(found).isGreaterThan(5);
  }

  @Test
  void noticesClaimNothingFalse() throws IOException {
    String notice = text("META-INF/NOTICE");
    assertThat(notice).startsWith(Files.readString(Path.of("NOTICE")).strip());
    String all = notice + text("META-INF/NOTICE.txt");
    // The products of the foundation say so of themselves, by their names.
    assertThat(all)
        .contains("Apache Commons Compress")
        .contains("Apache Commons IO")
        .contains("Apache Commons Lang")
        .contains("Jackson");
    assertThat(all.lines().filter(line -> line.startsWith("spark-vit")))
        .containsExactly("spark-vit");
    String own = notice.substring(0, Files.readString(Path.of("NOTICE")).strip().length());
    assertThat(own).doesNotContain("Apache Software Foundation");
  }

  @Test
  void nativeLibrariesAreOfOnePlatform() {
    String platform = "";
    for (JsonNode component : sbom.path("components")) {
      if (component.path("name").asText().equals("pytorch-native-cpu")) {
        Matcher classifier =
            Pattern.compile(".*[?&]classifier=([^&]+).*").matcher(component.path("purl").asText());
        assertThat(classifier.matches()).as(component.path("purl").asText()).isTrue();
        platform = classifier.group(1);
      }
    }
    String jna =
        platform.replaceFirst("^osx-", "darwin-").replaceFirst("^win-", "win32-").replace('_', '-');
    List<String> folders =
        List.of("com/sun/jna/" + jna, "jnilib/" + platform, "pytorch/cpu/" + platform);
    List<String> natives = entries.stream().filter(NATIVE.asMatchPredicate()).toList();
    for (String folder : folders) {
      assertThat(natives).anyMatch(entry -> entry.startsWith(folder + "/"));
    }
    assertThat(natives)
        .allMatch(entry -> folders.stream().anyMatch(folder -> entry.startsWith(folder + "/")));
  }

  @Test
  void noClassHasANameThatSparkHas() throws IOException {
    Set<String> classes =
        entries.stream()
            .filter(entry -> entry.endsWith(".class"))
            .map(entry -> entry.replaceFirst("^META-INF/versions/\\d+/", ""))
            .collect(Collectors.toCollection(HashSet::new));
    assertThat(classes).hasSizeGreaterThan(3000);
    assertThat(classes).noneMatch(name -> RELOCATED.stream().anyMatch(name::startsWith));
    for (String moved : List.of("gson", "compress", "io", "lang3", "snakeyaml", "delta")) {
      assertThat(classes).anyMatch(name -> name.startsWith("org/sparkvit/shaded/" + moved + "/"));
    }
    assertThat(entries)
        .contains("META-INF/versions/16/org/sparkvit/shaded/freemarker/core/_Java16Impl.class")
        .contains("META-INF/versions/9/org/sparkvit/shaded/snakeyaml/internal/Logger.class");
    Set<String> bundled = new HashSet<>(bundledFiles().stream().map(File::getName).toList());
    for (File file : classPath()) {
      if (!bundled.contains(file.getName())) {
        try (JarFile provided = new JarFile(file)) {
          List<String> twice =
              provided.stream()
                  .map(JarEntry::getName)
                  .filter(name -> !name.endsWith("module-info.class"))
                  .filter(classes::contains)
                  .toList();
          assertThat(twice).as(file.getName()).isEmpty();
        }
      }
    }
  }

  /** All jars that a local run has: Spark's and the bundled ones. */
  private static List<File> classPath() {
    try {
      String path = Files.readString(BuildFolder.path().resolve("classpath.txt")).strip();
      List<File> files = new ArrayList<>();
      for (String file : path.split(File.pathSeparator, -1)) {
        if (file.endsWith(".jar")) {
          files.add(new File(file));
        }
      }
      assertThat(files).hasSizeGreaterThan(100);
      return files;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<File> bundledFiles() {
    Set<String> names = new HashSet<>();
    for (String component : components()) {
      String[] parts = component.split(":", -1);
      names.add(parts[1] + "-" + parts[2]);
    }
    List<File> files =
        classPath().stream()
            .filter(
                file ->
                    names.stream()
                        .anyMatch(
                            name ->
                                file.getName().equals(name + ".jar")
                                    || file.getName().startsWith(name + "-")))
            .toList();
    assertThat(files).hasSameSizeAs(names);
    return files;
  }
}
