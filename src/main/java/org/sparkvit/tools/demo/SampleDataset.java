package org.sparkvit.tools.demo;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.sparkvit.core.ImageStatus;
import org.sparkvit.core.Progress;
import org.sparkvit.core.UserException;
import org.sparkvit.dataset.workspace.Json;

/**
 * Draws the sample data set: small pictures of two classes, <em>sensitive</em> and
 * <em>ordinary</em>.
 *
 * <pre>
 * images/LABEL/img-00000.jpg   the pictures, in the folder of their given label
 * images/metadata.jsonl        one line a file, as Hugging Face's ImageFolder reads it
 * ground-truth.jsonl           one line for each planted defect, and for each sound picture that is
 *                              drawn gray or by night
 * about.json                   seed and counts
 * </pre>
 *
 * <p>One recipe gives the same bytes on any number of threads: every picture is drawn from choices
 * of its own, and text needs no installed font. Nothing shows real data.
 */
public final class SampleDataset {
  public static final String SENSITIVE = "sensitive";
  public static final String ORDINARY = "ordinary";

  /** Folder of the pictures and their manifest, under the data set's folder. */
  public static final String IMAGES = "images";

  /** The manifest, in {@link #IMAGES}. */
  public static final String MANIFEST = "metadata.jsonl";

  public static final String GROUND_TRUTH = "ground-truth.jsonl";
  public static final String ABOUT = "about.json";

  private static final ObjectMapper LINES = new ObjectMapper();

  private SampleDataset() {}

  /**
   * Draws the data set into a new folder, on all processors. The folder appears when it is
   * complete.
   *
   * @throws UserException when the folder exists or cannot be written
   */
  public static void draw(Path folder, SampleRecipe recipe, Progress progress) {
    draw(folder, recipe, progress, Runtime.getRuntime().availableProcessors());
  }

  static void draw(Path folder, SampleRecipe recipe, Progress progress, int threads) {
    if (Files.exists(folder)) {
      throw new UserException(
          "the folder '" + folder + "' exists; remove it or name another for the sample data set");
    }
    Path whole = folder.toAbsolutePath();
    Path partial = whole.resolveSibling("." + whole.getFileName() + ".partial");
    try {
      remove(partial);
      List<SampleFile> samples = SamplePlan.of(recipe);
      for (String label : List.of(SENSITIVE, ORDINARY)) {
        Files.createDirectories(partial.resolve(IMAGES).resolve(label));
      }
      Look[] looks = drawAll(partial.resolve(IMAGES), samples, recipe.seed(), progress, threads);
      writeTables(partial, samples, looks, recipe.seed());
      Files.move(partial, whole, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException | UncheckedIOException e) {
      throw new UserException(
          "cannot write the sample data set to '" + folder + "': " + e.getMessage(), e);
    }
  }

  /** Returns what is remarkable about the pictures, by the samples' index. */
  private static Look[] drawAll(
      Path folder, List<SampleFile> samples, long seed, Progress progress, int threads)
      throws IOException {
    SamplePainter painter = new SamplePainter(seed);
    Look[] looks = new Look[samples.size()]; // each is written by one thread, which is awaited
    AtomicInteger next = new AtomicInteger();
    AtomicInteger done = new AtomicInteger();
    int step = Math.max(1, samples.size() / 10);
    ExecutorService pool = Executors.newFixedThreadPool(threads);
    try {
      List<Future<?>> workers =
          IntStream.range(0, threads)
              .<Future<?>>mapToObj(
                  t ->
                      pool.submit(
                          () -> {
                            for (int i = next.getAndIncrement();
                                i < samples.size();
                                i = next.getAndIncrement()) {
                              SampleFile sample = samples.get(i);
                              SamplePainter.Drawing drawing = painter.draw(sample);
                              Files.write(folder.resolve(sample.fileName()), drawing.bytes());
                              looks[i] = drawing.look();
                              int n = done.incrementAndGet();
                              if (n % step == 0) {
                                progress.say("drew " + n + " of " + samples.size() + " images");
                              }
                            }
                            return null;
                          }))
              .toList();
      for (Future<?> worker : workers) {
        worker.get();
      }
    } catch (ExecutionException e) {
      if (e.getCause() instanceof IOException io) {
        throw io;
      }
      throw new IllegalStateException("drawing failed", e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("drawing was interrupted", e);
    } finally {
      pool.shutdownNow();
    }
    return looks;
  }

  private static void writeTables(Path folder, List<SampleFile> samples, Look[] looks, long seed)
      throws IOException {
    Files.writeString(
        folder.resolve(IMAGES).resolve(MANIFEST),
        lines(samples.stream().map(SampleDataset::manifestRow)));
    Files.writeString(
        folder.resolve(GROUND_TRUTH),
        lines(
            samples.stream()
                .filter(s -> s.defect() != null || looks[s.index()] != null)
                .map(s -> truthRow(s, looks[s.index()], samples.get(s.drawing())))));
    Files.writeString(folder.resolve(ABOUT), Json.write(about(samples, looks, seed)));
  }

  private static Map<String, Object> manifestRow(SampleFile s) {
    Map<String, Object> row = new LinkedHashMap<>();
    row.put("file_name", s.fileName());
    row.put("label", s.givenLabel());
    row.put("kind", s.kind().id());
    row.put("source", s.source().id());
    row.put("region", s.region().id());
    row.put("licence", s.licence());
    row.put("group", s.group());
    return row;
  }

  /** What is wrong with a file comes before what it looks like. */
  private static Map<String, Object> truthRow(SampleFile s, Look look, SampleFile original) {
    Defect defect = s.defect();
    Map<String, Object> row = new LinkedHashMap<>();
    row.put("file_name", s.fileName());
    row.put("defect", defect == null ? look.type() : defect.type());
    row.put("detail", defect == null ? look.detail() : defect.id());
    row.put("status", defect == null ? ImageStatus.OK.name() : defect.status());
    row.put("label", s.givenLabel());
    row.put("true_label", s.trueLabel());
    row.put("original", s.index() == s.drawing() ? null : original.fileName());
    return row;
  }

  private static Map<String, Object> about(List<SampleFile> samples, Look[] looks, long seed) {
    Map<String, Object> about = new LinkedHashMap<>();
    about.put(
        "what", "Drawn pictures with made-up data, to try spark-vit on; nothing in them is real.");
    about.put("licence", "The licence column is sample metadata too; the whole set is Apache-2.0.");
    about.put("images", samples.size());
    about.put("seed", seed);
    about.put("true_labels", counts(samples.stream(), SampleFile::trueLabel));
    about.put("given_labels", counts(samples.stream(), SampleFile::givenLabel));
    about.put("kinds", counts(samples.stream(), s -> s.kind().id()));
    about.put("sources", counts(samples.stream(), s -> s.source().id()));
    about.put(
        "defects",
        counts(samples.stream().filter(s -> s.defect() != null), s -> s.defect().type()));
    about.put(
        "looks",
        counts(
            samples.stream().filter(s -> s.defect() == null && looks[s.index()] != null),
            s -> looks[s.index()].type()));
    return about;
  }

  private static Map<String, Integer> counts(
      Stream<SampleFile> samples, Function<SampleFile, String> of) {
    Map<String, Integer> counts = new TreeMap<>();
    samples.forEach(s -> counts.merge(of.apply(s), 1, Integer::sum));
    return counts;
  }

  private static String lines(Stream<Map<String, Object>> rows) {
    StringBuilder lines = new StringBuilder();
    rows.forEach(
        row -> {
          try {
            lines.append(LINES.writeValueAsString(row)).append('\n');
          } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
          }
        });
    return lines.toString();
  }

  private static void remove(Path folder) throws IOException {
    if (!Files.exists(folder)) {
      return;
    }
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }
}
