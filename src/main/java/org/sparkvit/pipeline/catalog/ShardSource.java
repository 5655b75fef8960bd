package org.sparkvit.pipeline.catalog;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.storage.StorageLevel;
import org.apache.spark.util.SerializableConfiguration;
import org.sparkvit.loading.ImageName;

/**
 * Lists the images of tar shards, all those of a run, so that the meaning of their members is
 * decided once. A task reads a shard once and notes where its members are; from then on members are
 * read by range. See {@link SampleRule} for what a shard holds.
 *
 * @param shards the shards
 * @param folders the fully qualified folders that they were found in, whose other files are listed
 *     as skipped
 * @param config the names of the members that count, and the meaning of an empty label
 * @param decisions receives what is decided
 */
record ShardSource(
    List<WebDatasetSample.Shard> shards,
    List<String> folders,
    CatalogConfig config,
    InputDecisions decisions)
    implements CatalogSource {

  /** Joins several sources to one. */
  static ShardSource joined(List<ShardSource> sources) {
    List<WebDatasetSample.Shard> shards = new ArrayList<>();
    List<String> folders = new ArrayList<>();
    for (ShardSource source : sources) {
      shards.addAll(source.shards);
      folders.addAll(source.folders);
    }
    return new ShardSource(
        List.copyOf(shards), List.copyOf(folders), sources.get(0).config, sources.get(0).decisions);
  }

  static boolean isShard(String name) {
    return name.endsWith(".tar") && !FolderLayout.isHiddenFile(name);
  }

  @Override
  public Dataset<Row> list(SparkSession spark) {
    List<WebDatasetSample.Shard> placed = placed();
    JavaSparkContext context = JavaSparkContext.fromSparkContext(spark.sparkContext());
    SerializableConfiguration configuration =
        new SerializableConfiguration(spark.sparkContext().hadoopConfiguration());
    ShardReader reader =
        new ShardReader(
            configuration,
            config.labelMember().map(Set::of).orElse(Set.of()),
            ShardReader.MAX_HELD);
    // Gone over a few times, but read once. Spark frees the storage with the listing made of it.
    JavaRDD<WebDatasetSample> samples =
        context
            .parallelize(placed, placed.size())
            .flatMap(reader::samples)
            .persist(StorageLevel.MEMORY_AND_DISK_SER());
    SampleRule rule = new SampleSurvey(samples, config, decisions).rule();
    JavaRDD<Row> rows = samples.flatMap(rule::rows);
    Dataset<Row> listed =
        rule.folders()
            ? FolderLayout.place(spark, rows, shards.get(0).root(), config, decisions)
            : spark.createDataFrame(rows, Listing.SCHEMA);
    if (folders.isEmpty()) {
      return listed;
    }
    return listed.unionByName(
        spark.createDataFrame(
            context
                .parallelize(folders, folders.size())
                .flatMap(folder -> beside(configuration, new Path(folder))),
            Listing.SCHEMA));
  }

  /** Returns the shards with their splits. */
  private List<WebDatasetSample.Shard> placed() {
    SplitNames names = SplitNames.of(shards.stream().map(WebDatasetSample.Shard::name).toList());
    List<WebDatasetSample.Shard> placed =
        shards.stream().map(shard -> shard.placed(names)).toList();
    Map<String, Long> splits = new TreeMap<>();
    for (WebDatasetSample.Shard shard : placed) {
      splits.merge(shard.split() == null ? "none" : shard.split(), 1L, Long::sum);
    }
    if (splits.size() > 1 || !splits.containsKey("none")) {
      decisions.say(
          "tar shards: splits by their names and folders: "
              + splits.entrySet().stream()
                  .map(
                      split ->
                          String.format(Locale.ROOT, "%s (%,d)", split.getKey(), split.getValue()))
                  .collect(Collectors.joining(", ")));
    }
    names.decision().ifPresent(sentence -> decisions.say("tar shards: " + sentence));
    return List.copyOf(placed);
  }

  /** Returns the files beside the shards, such as their indexes and statistics. */
  private static Iterator<Row> beside(SerializableConfiguration configuration, Path folder) {
    Iterator<Found> files = new FileWalk(configuration.value(), folder, folder, true);
    return new Iterator<>() {
      private Row next = advanced();

      private Row advanced() {
        while (files.hasNext()) {
          Found file = files.next();
          String name = ImageName.of(folder, file.path());
          String path = file.path().toString();
          if (file.problem() != null) {
            return Listing.problem(name, file.problem());
          }
          if (file.skipped() != null) {
            return Listing.skipped(name, path, file.skipped(), file.detail());
          }
          if (!isShard(file.path().getName())) {
            boolean hidden = FolderLayout.isHiddenFile(file.path().getName());
            return Listing.skipped(
                name, path, hidden ? SkipReason.HIDDEN : SkipReason.BESIDE_SHARDS, null);
          }
        }
        return null;
      }

      @Override
      public boolean hasNext() {
        return next != null;
      }

      @Override
      public Row next() {
        Row current = next;
        next = advanced();
        return current;
      }
    };
  }
}
