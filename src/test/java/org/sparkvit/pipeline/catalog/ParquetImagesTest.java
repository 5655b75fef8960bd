package org.sparkvit.pipeline.catalog;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.sparkvit.pipeline.catalog.CatalogRun.image;
import static org.sparkvit.pipeline.catalog.CatalogRun.write;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.Metadata;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sparkvit.SparkTest;
import org.sparkvit.core.ImageStatus;
import org.sparkvit.core.StableHash;
import org.sparkvit.core.UserException;
import org.sparkvit.dataset.schema.ImagesTable;
import org.sparkvit.loading.ImageContent;
import org.sparkvit.loading.ImageFiles;
import org.sparkvit.loading.ImageManifest;

class ParquetImagesTest extends SparkTest {
  private static final StructType BYTES =
      new StructType()
          .add("name", DataTypes.StringType)
          .add("photo", DataTypes.BinaryType)
          .add("label", DataTypes.StringType);

  @TempDir private Path temp;
  private CatalogRun catalog;

  @BeforeEach
  void start() {
    catalog = new CatalogRun(spark, temp.resolve("workspace"));
    catalog.overwrite = true;
  }

  /** The rows by the last part of the name of their file and of the row in it. */
  private static Map<String, Row> byPlace(Dataset<Row> images) {
    Map<String, Row> rows = new TreeMap<>();
    for (Row row : images.collectAsList()) {
      rows.put(row.<String>getAs(ImagesTable.PATH).replaceFirst(".*/([^/]*#)", "$1"), row);
    }
    return rows;
  }

  private static List<String> texts(Dataset<Row> images) {
    return images.orderBy(ImagesTable.ID).collectAsList().stream().map(Row::toString).toList();
  }

  private ImageContent read(Row row) {
    return ImageContent.read(
        new ImageFiles(spark),
        row.getAs(ImagesTable.PATH),
        row.<Long>getAs(ImagesTable.OFFSET),
        row.<Long>getAs(ImagesTable.BYTES));
  }

  @Test
  void aDataSetOfTheHubIsReadInPlaceWithItsNamesAndSplits() throws IOException {
    Path hub = ImageTables.threeSplits(temp.resolve("hub"), "cat", "dog", "owl");
    Dataset<Row> images = catalog.of(hub);
    assertThat(catalog.said()).contains("images are inside, in column 'image.bytes'");
    Map<String, Row> rows = byPlace(images);
    assertThat(rows).hasSize(60);
    String file = "file:" + hub + "/data/train-00001-of-00002.parquet";
    Row row = rows.get("train-00001-of-00002.parquet#image.bytes/4");
    byte[] content = image("png", 29);
    assertThat(row.<String>getAs(ImagesTable.PATH)).isEqualTo(file + "#image.bytes/4");
    assertThat(row.<String>getAs(ImagesTable.ID))
        .isEqualTo(StableHash.id("hub/data/train-00001-of-00002.parquet#image.bytes/4"));
    assertThat(row.<Long>getAs(ImagesTable.OFFSET)).isEqualTo(5);
    assertThat(row.<Long>getAs(ImagesTable.BYTES)).isEqualTo(content.length);
    assertThat(row.<String>getAs(ImagesTable.SHA256)).isEqualTo(StableHash.sha256(content));
    assertThat(row.<String>getAs(ImagesTable.LABEL)).isEqualTo("owl");
    assertThat(row.<String>getAs(ImagesTable.GIVEN_SPLIT)).isEqualTo("train");
    assertThat(row.<String>getAs("file_name")).isEqualTo("img-29.png");
    assertThat(images.where("status = 'OK'").count()).isEqualTo(60);
    assertThat(
            images
                .groupBy(ImagesTable.GIVEN_SPLIT)
                .count()
                .orderBy(ImagesTable.GIVEN_SPLIT)
                .collectAsList())
        .hasToString("[[test,11], [train,40], [validation,9]]");
    assertThat(read(row).bytes()).isEqualTo(content);
    List<String> texts = texts(images);
    for (int partitions : new int[] {1, 3, 7}) {
      catalog.partitions = partitions;
      assertThat(texts(catalog.of(hub))).as("%d partitions", partitions).isEqualTo(texts);
    }
  }

  @Test
  void listingReadsNoImage() throws IOException {
    Path hub = ImageTables.threeSplits(temp.resolve("hub"), "cat", "dog");
    InputDecisions decisions = new InputDecisions();
    CatalogConfig config = catalog.config(List.of(hub.toString()), LayoutOption.AUTO);
    ManifestSource source =
        (ManifestSource)
            new InputSources(config, spark.sparkContext().hadoopConfiguration(), decisions)
                .all()
                .get(0);
    ManifestTable table =
        ManifestTable.read(
            spark, source.kind(), source.parts(), Optional.empty(), config, decisions);
    String plan = table.rows().queryExecution().executedPlan().toString();
    assertThat(plan).contains("ReadSchema: struct<image:struct<path:string>,label:bigint");
  }

  @Test
  void tablesOfSparksBinaryFilesKeepTheirColumns() throws IOException {
    for (int i = 0; i < 6; i++) {
      write(temp.resolve("files"), i + ".png", image("png", i));
    }
    String table = temp.resolve("table.parquet").toString();
    spark
        .read()
        .format("binaryFile")
        .load(temp.resolve("files").toString())
        .withColumn("label", col("length").mod(2).cast("string"))
        .coalesce(1)
        .write()
        .parquet(table);
    Dataset<Row> images = catalog.of(table);
    assertThat(images.where("status = 'OK'").count()).isEqualTo(6);
    for (Row row : images.collectAsList()) {
      assertThat(row.<String>getAs(ImagesTable.PATH)).contains(".parquet#content/");
      Path file = Path.of(URI.create(row.<String>getAs("meta_path")).getPath());
      assertThat(read(row).bytes()).isEqualTo(Files.readAllBytes(file));
      assertThat(row.<Long>getAs("length")).isEqualTo(row.<Long>getAs(ImagesTable.BYTES));
    }
    assertThat(images.columns()).contains("modificationTime").doesNotContain("content");
  }

  @Test
  void cellsThatAreNullAreRowsWithAReason() throws IOException {
    List<Object[]> rows = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      rows.add(new Object[] {i == 5 ? null : image("png", i), i == 5 ? "x/5.png" : null, 0L});
    }
    Path file = ImageTables.hub(temp.resolve("d/a.parquet"), rows, "cat");
    Row row = byPlace(catalog.of(file)).get("a.parquet#image.bytes/5");
    assertThat(row.<String>getAs(ImagesTable.STATUS)).isEqualTo("MISSING");
    assertThat(row.<String>getAs(ImagesTable.REASON))
        .isEqualTo("column 'image.bytes' is null in this row");
    assertThat(row.<String>getAs("file_name")).isEqualTo("5.png");
    assertThat(row.<Long>getAs(ImagesTable.BYTES)).isEqualTo(-1);
  }

  @Test
  void pathsWithoutBytesAreAManifestAsAnyOther() throws IOException {
    write(temp.resolve("d"), "img/1.png", image("png", 1));
    Path file =
        ImageTables.hub(
            temp.resolve("d/a.parquet"),
            List.<Object[]>of(new Object[] {null, "img/1.png", 1L}),
            "cat",
            "dog");
    Row row = catalog.of(file).head();
    assertThat(row.<String>getAs(ImagesTable.PATH)).endsWith("/d/img/1.png");
    assertThat(row.<String>getAs(ImagesTable.ID)).isEqualTo(StableHash.id("d/img/1.png"));
    assertThat(row.<String>getAs(ImagesTable.LABEL)).isEqualTo("dog");
    assertThat(row.<String>getAs(ImagesTable.STATUS)).isEqualTo("OK");
    assertThat(catalog.said()).contains("paths are column 'image', labels 'label'");
  }

  private Dataset<Row> photos(int images) {
    return spark.createDataFrame(
        IntStream.range(0, images)
            .mapToObj(i -> RowFactory.create("n" + i, image("jpg", i), "l" + i % 2))
            .toList(),
        BYTES);
  }

  @Test
  void theColumnOfImagesIsTheOnlyOneOrIsNamed() {
    String one = temp.resolve("one.parquet").toString();
    photos(4).write().parquet(one);
    assertThat(catalog.of(one).where("path like '%#photo/%' and status = 'OK'").count())
        .isEqualTo(4);

    String two = temp.resolve("two.parquet").toString();
    photos(4).withColumn("mask", col("photo")).write().parquet(two);
    assertThatThrownBy(() -> catalog.of(two))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("has 2 columns that may be the images, [photo, mask]; say which with")
        .hasMessageContaining("--path-column");
    catalog.pathColumn = "mask";
    Dataset<Row> images = catalog.of(two);
    assertThat(images.where("path like '%#mask/%' and status = 'OK'").count()).isEqualTo(4);
    assertThat(images.columns()).contains("name").doesNotContain("photo", "mask");
    assertThat(catalog.said()).contains("the other columns with bytes are left out, [photo]");

    catalog.pathColumn = "label";
    catalog.maxErrorRate = 1;
    assertThat(catalog.of(two).where("status = 'MISSING'").count()).isEqualTo(2);
  }

  @Test
  void filesThatAreUnchangedAreNotReadAgain() throws IOException {
    Path folder = temp.resolve("hub");
    Path one = old(ImageTables.hub(folder.resolve("a.parquet"), 0, 6, "cat", "dog"));
    Path two = old(ImageTables.hub(folder.resolve("b.parquet"), 6, 6, "cat", "dog"));
    List<String> first = texts(catalog.of(folder).drop("file_name"));
    catalog.overwrite = false;
    catalog.update = true;
    // A file that is not opened is told by its content, which is another one now.
    old(ImageTables.hub(one, 50, 6, "cat", "dog"));
    Dataset<Row> second = catalog.of(folder);
    assertThat(texts(second.drop("file_name"))).isEqualTo(first);
    assertThat(second.where("file_name = 'img-50.png'").count()).as("columns are new").isOne();
    assertThat(catalog.said()).contains("12 files are as the earlier catalog read them");
    ImageTables.hub(two, 70, 7, "cat", "dog");
    Map<String, Row> rows = byPlace(catalog.of(folder));
    assertThat(rows).hasSize(13);
    assertThat(rows.get("b.parquet#image.bytes/6").<String>getAs(ImagesTable.SHA256))
        .isEqualTo(StableHash.sha256(image("png", 76)));
    assertThat(rows.get("a.parquet#image.bytes/0").<String>getAs(ImagesTable.SHA256))
        .isEqualTo(StableHash.sha256(image("png", 0)));
    assertThat(catalog.said()).contains("6 files are as the earlier catalog read them");
  }

  private static Path old(Path file) throws IOException {
    return Files.setLastModifiedTime(file, FileTime.from(Instant.parse("2024-05-06T07:08:09Z")));
  }

  @Test
  void whatBecameOfAFileLaterIsAStatus() throws IOException {
    Path file = ImageTables.hub(temp.resolve("d/a.parquet"), 0, 12, "cat");
    List<Row> rows = catalog.of(file).orderBy(ImagesTable.OFFSET).collectAsList();
    ImageTables.hub(file, 100, 9, "cat");
    assertThat(read(rows.get(3)).bytes()).isEqualTo(image("png", 103));
    assertThat(read(rows.get(11)).status()).isEqualTo(ImageStatus.TRUNCATED);
    byte[] whole = Files.readAllBytes(file);
    Files.write(file, Arrays.copyOf(whole, whole.length / 2));
    assertThat(read(rows.get(3)).status()).isEqualTo(ImageStatus.DECODE_ERROR);
    assertThat(read(rows.get(3)).reason()).contains("is no Parquet file, or was cut off");
    Files.delete(file);
    assertThat(read(rows.get(3)).status()).isEqualTo(ImageStatus.MISSING);
    assertThat(read(rows.get(3)).reason()).isEqualTo("the file is gone");
    photos(3).coalesce(1).write().parquet(temp.resolve("p").toString());
    Files.copy(Path.of(URI.create(part(temp.resolve("p")))), file);
    assertThat(read(rows.get(1)).status()).isEqualTo(ImageStatus.MISSING);
    assertThat(read(rows.get(1)).reason()).isEqualTo("the file has no column 'image.bytes'");
  }

  private static String part(Path folder) throws IOException {
    try (var files = Files.list(folder)) {
      return files
          .filter(file -> file.toString().endsWith(".parquet"))
          .findFirst()
          .orElseThrow()
          .toUri()
          .toString();
    }
  }

  @Test
  void aManifestOfThemIsReadBackWithTheSameIds() throws IOException {
    Path hub = ImageTables.threeSplits(temp.resolve("hub"), "cat", "dog");
    Dataset<Row> images = catalog.of(hub).localCheckpoint();
    String manifest = temp.resolve("labels.parquet").toString();
    ImageManifest.write(images, manifest);
    catalog.imageRoot = ImageManifest.imageRoot(images).orElseThrow();
    assertThat(catalog.imageRoot).isEqualTo("file:" + hub);
    Dataset<Row> again = catalog.of(manifest);
    String[] columns = {
      "id", "path", "label", "given_split", "bytes", "offset", "sha256", "status"
    };
    assertThat(texts(again.selectExpr(columns))).isEqualTo(texts(images.selectExpr(columns)));
    assertThat(again.where("file_name is not null").count()).isEqualTo(60);
  }

  private static String json(String text) {
    return text.replace('\'', '"');
  }

  /** Writes the log of a Delta table by hand. */
  private static void log(Path table, int version, String... actions) throws IOException {
    write(
        table.resolve("_delta_log"),
        String.format(Locale.ROOT, "%020d.json", version),
        json(String.join("\n", actions)) + "\n");
  }

  private static String metadata(StructType schema, String partitions, String configuration) {
    return "{'metaData':{'id':'t','format':{'provider':'parquet','options':{}},'schemaString':\""
        + schema.json().replace("\"", "\\\"")
        + "\",'partitionColumns':["
        + partitions
        + "],'configuration':{"
        + configuration
        + "},'createdTime':1}}";
  }

  private static String add(Path table, Path file, String values, String more) throws IOException {
    return "{'add':{'path':'"
        + table.relativize(file)
        + "','partitionValues':{"
        + values
        + "},'size':"
        + Files.size(file)
        + ",'modificationTime':1,'dataChange':true"
        + more
        + "}}";
  }

  private static final String PROTOCOL = "{'protocol':{'minReaderVersion':1,'minWriterVersion':2}}";

  /** Writes a file of photos of one label, which its folder names. */
  private Path photosOf(Path table, String label, int first) throws IOException {
    Path made = temp.resolve("made-" + label + first);
    photos(first + 3)
        .where("name >= 'n" + first + "'")
        .drop("label")
        .coalesce(1)
        .write()
        .parquet(made.toString());
    Path file = table.resolve("label=" + label + "/part-" + first + ".parquet");
    Files.createDirectories(file.getParent());
    return Files.copy(Path.of(URI.create(part(made))), file);
  }

  @Test
  void deltaTablesAreReadByTheirLog() throws IOException {
    Path table = temp.resolve("lake/table");
    Path removed = photosOf(table, "007", 0);
    Path first = photosOf(table, "007", 3);
    Path second = photosOf(table, "b", 6);
    StructType schema =
        new StructType()
            .add("name", DataTypes.StringType)
            .add("photo", DataTypes.BinaryType)
            .add("label", DataTypes.StringType);
    log(
        table,
        0,
        PROTOCOL,
        metadata(schema, "'label'", ""),
        add(table, removed, "'label':'007'", ""),
        add(table, first, "'label':'007'", ""));
    log(
        table,
        1,
        "{'remove':{'path':'label=007/part-0.parquet','deletionTimestamp':1,'dataChange':true}}",
        add(table, second, "'label':'b'", ""));
    Dataset<Row> images = catalog.of(table);
    assertThat(images.where("status = 'OK'").count()).isEqualTo(6);
    assertThat(
            images
                .select(ImagesTable.LABEL)
                .distinct()
                .orderBy(ImagesTable.LABEL)
                .as(Encoders.STRING())
                .collectAsList())
        .containsExactly("007", "b");
    assertThat(images.where("path like '%part-0.parquet%'").count()).isZero();
    assertThat(catalog.said()).contains("version 1 of a Delta table, of 2 files");
    assertThatThrownBy(() -> catalog.of(table.getParent()))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("has a Delta table in it");
  }

  @ParameterizedTest
  @ValueSource(strings = {"deletionVectors", "columnMapping", "empty"})
  void featuresOfDeltaTablesThatAreNotReadAreNamed(String feature) throws IOException {
    Path table = temp.resolve("table");
    Path file = photosOf(table, "a", 0);
    StructType schema = BYTES;
    String protocol =
        "{'protocol':{'minReaderVersion':3,'minWriterVersion':7,'readerFeatures':['X'],"
            + "'writerFeatures':['X']}}";
    switch (feature) {
      case "deletionVectors" -> {
        log(
            table,
            0,
            protocol.replace("X", feature),
            metadata(schema, "'label'", ""),
            add(
                table,
                file,
                "'label':'a'",
                ",'deletionVector':{'storageType':'u','pathOrInlineDv':'ab^-aqEH.-t@S}K{vb[*k^',"
                    + "'offset':1,'sizeInBytes':36,'cardinality':2}"));
        assertThatThrownBy(() -> catalog.of(table))
            .isInstanceOf(UserException.class)
            .hasMessageContaining("has rows that are deleted by deletion vectors")
            .hasMessageContaining("REORG TABLE");
      }
      case "columnMapping" -> {
        StructType mapped = new StructType();
        for (int i = 0; i < schema.length(); i++) {
          mapped =
              mapped.add(
                  schema.fields()[i].name(),
                  schema.fields()[i].dataType(),
                  true,
                  Metadata.fromJson(
                      json(
                          "{'delta.columnMapping.id':"
                              + (i + 1)
                              + ",'delta.columnMapping.physicalName':'c"
                              + i
                              + "'}")));
        }
        log(
            table,
            0,
            protocol.replace("X", feature),
            metadata(
                mapped,
                "'label'",
                "'delta.columnMapping.mode':'name','delta.columnMapping.maxColumnId':'3'"),
            add(table, file, "'c2':'a'", ""));
        assertThatThrownBy(() -> catalog.of(table))
            .isInstanceOf(UserException.class)
            .hasMessageContaining("maps its columns by name, which is not read");
      }
      default -> {
        log(table, 0, PROTOCOL, metadata(schema, "'label'", ""));
        assertThatThrownBy(() -> catalog.of(table))
            .isInstanceOf(UserException.class)
            .hasMessageContaining("is a Delta table that has no rows");
      }
    }
  }

  /** A disk under the names that object stores go by. */
  public static class NamedFileSystem extends RawLocalFileSystem {
    private URI uri;

    @Override
    public void initialize(URI name, org.apache.hadoop.conf.Configuration conf) throws IOException {
      uri = URI.create(name.getScheme() + "://" + name.getAuthority());
      super.initialize(name, conf);
    }

    @Override
    public URI getUri() {
      return uri == null ? super.getUri() : uri;
    }

    @Override
    public String getScheme() {
      return getUri().getScheme();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"s3", "s3n", "gs"})
  void everySchemeOfHadoopIsAsGood(String scheme) throws IOException {
    var hadoop = spark.sparkContext().hadoopConfiguration();
    String key = "fs." + scheme + ".impl";
    String before = hadoop.get(key);
    hadoop.set(key, NamedFileSystem.class.getName());
    hadoop.set(key + ".disable.cache", "true");
    try {
      Path hub = ImageTables.threeSplits(temp.resolve("hub"), "cat", "dog");
      Map<String, Row> rows = byPlace(catalog.of(scheme + "://bucket" + hub));
      assertThat(rows).hasSize(60);
      Row row = rows.get("test-00000-of-00001.parquet#image.bytes/2");
      assertThat(row.<String>getAs(ImagesTable.PATH)).startsWith(scheme + "://bucket/");
      assertThat(row.<String>getAs(ImagesTable.ID))
          .isEqualTo(StableHash.id("hub/data/test-00000-of-00001.parquet#image.bytes/2"));
      assertThat(read(row).bytes()).isEqualTo(image("png", 51));
    } finally {
      if (before == null) {
        hadoop.unset(key);
      } else {
        hadoop.set(key, before);
      }
      hadoop.unset(key + ".disable.cache");
    }
  }

  @Test
  void labelsAndNamesOfTheUsersOwnStay() throws IOException {
    Path file = ImageTables.hub(temp.resolve("d/a.parquet"), 0, 4, "cat", "dog");
    String table = temp.resolve("own.parquet").toString();
    spark
        .read()
        .parquet(file.toString())
        .selectExpr("image", "cast(label as string) as kind", "'mine' as file_name")
        .coalesce(1)
        .write()
        .parquet(table);
    catalog.labelColumn = "kind";
    Dataset<Row> images = catalog.of(table);
    assertThat(
            images.collectAsList().stream()
                .map(row -> row.<String>getAs("file_name") + row.<String>getAs("label"))
                .collect(Collectors.toSet()))
        .containsExactlyInAnyOrder("mine0", "mine1");
  }

  private static List<String> distinct(Dataset<Row> images, String column) {
    return images.select(column).distinct().orderBy(column).as(Encoders.STRING()).collectAsList();
  }

  @Test
  void noFileIsLeftOutForItsName() throws IOException {
    Path folder = temp.resolve("d");
    write(folder, "LICENSE", "free");
    write(folder, "README.md", "about");
    ImageTables.hub(folder.resolve("license_plates.parquet"), 0, 3, "cat");
    ImageTables.hub(folder.resolve("statements/state-a.parquet"), 3, 3, "cat");
    assertThat(catalog.of(folder).where("status = 'OK'").count()).isEqualTo(6);
  }

  @Test
  void namesOfFoldersAreColumnsOfText() throws IOException {
    Path folder = temp.resolve("d");
    ImageTables.hub(folder.resolve("split=train/site=007/a.parquet"), 0, 3, "cat");
    ImageTables.hub(folder.resolve("split=test/site=x%2Fy/a.parquet"), 3, 2, "cat");
    ImageTables.hub(
        folder.resolve("split=test/site=__HIVE_DEFAULT_PARTITION__/a.parquet"), 5, 2, "cat");
    Dataset<Row> images = catalog.of(folder).localCheckpoint();
    assertThat(images.where("given_split = 'train' and site = '007'").count()).isEqualTo(3);
    assertThat(images.where("given_split = 'test' and site = 'x/y'").count()).isEqualTo(2);
    assertThat(images.where("given_split = 'test' and site is null").count()).isEqualTo(2);

    Path table = temp.resolve("table.parquet");
    ImageTables.hub(table.resolve("split=test/a.parquet"), 0, 3, "cat");
    assertThat(distinct(catalog.of(table), ImagesTable.GIVEN_SPLIT)).containsExactly("test");
  }

  @Test
  void aSplitColumnThatIsNamedOutranksTheNamesOfFiles() throws IOException {
    Path folder = temp.resolve("d");
    ImageTables.hub(folder.resolve("part=test/train-0.parquet"), 0, 3, "cat");
    ImageTables.hub(folder.resolve("part=validation/train-1.parquet"), 3, 3, "cat");
    assertThat(distinct(catalog.of(folder), ImagesTable.GIVEN_SPLIT)).containsExactly("train");
    catalog.splitColumn = "part";
    assertThat(distinct(catalog.of(folder), ImagesTable.GIVEN_SPLIT))
        .containsExactly("test", "validation");
  }

  @Test
  void pathsUnderTheNameOfImagesAreNotPassedOverForOtherBytes() {
    StructType schema =
        new StructType()
            .add("image", DataTypes.StringType)
            .add("mask", new StructType().add("bytes", DataTypes.BinaryType));
    assertThatThrownBy(() -> ImageBytesColumn.find("t", schema, Optional.empty()))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("t has the column of text 'image', and images in [mask]; say with");
    assertThat(ImageBytesColumn.find("t", schema, Optional.of("image"))).isEmpty();
    assertThat(ImageBytesColumn.find("t", schema, Optional.of("mask")).orElseThrow().column())
        .isEqualTo("mask.bytes");
  }

  @Test
  void bytesBesidePathsAreNamed() throws IOException {
    write(temp, "n0", image("png", 0));
    String table = temp.resolve("t.parquet").toString();
    photos(1).withColumnRenamed("name", "path").coalesce(1).write().parquet(table);
    assertThat(catalog.of(table).head().<String>getAs(ImagesTable.PATH)).endsWith("/n0");
    assertThat(catalog.said())
        .contains("images are not read from the columns with bytes, [photo]; --path-column");
  }

  @Test
  void parquetFilesBesideImagesAreNamed() throws IOException {
    Path folder = temp.resolve("d");
    write(folder, "assets/figure.png", image("png", 0));
    ImageTables.hub(folder.resolve("data/train-0.parquet"), 0, 3, "cat");
    catalog.of(folder);
    assertThat(catalog.said())
        .contains("warning: 1 of them are Parquet files, whose images are not read, e.g. 'file:")
        .contains("data/train-0.parquet'; name their folder with --input");
    Path deep = temp.resolve("deep");
    ImageTables.hub(deep.resolve("a/b/c/d/train.parquet"), 0, 3, "cat");
    assertThatThrownBy(() -> catalog.of(deep))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("Parquet files among them such as 'file:")
        .hasMessageContaining("/d/train.parquet'");
  }

  @Test
  void aTableThatCannotBeReadIsNamedAmongOthers() throws IOException {
    Path folder = temp.resolve("d");
    ImageTables.hub(folder.resolve("a.parquet"), 0, 3, "cat");
    Path second = ImageTables.hub(folder.resolve("b c.parquet"), 3, 3, "cat");
    byte[] whole = Files.readAllBytes(second);
    Files.write(second, Arrays.copyOf(whole, whole.length / 2));
    Files.deleteIfExists(folder.resolve(".b c.parquet.crc"));
    assertThatThrownBy(() -> catalog.of(folder))
        .isInstanceOf(UserException.class)
        .hasMessage(
            "manifest 'file:"
                + second
                + "' cannot be read: it was cut off, or is no Parquet file; copy it anew");
  }

  @Test
  void columnsOfTwoTypesAreAMistakeInTheFiles() throws IOException {
    Path folder = temp.resolve("d");
    ImageTables.hub(folder.resolve("a.parquet"), 0, 3, "cat");
    Path made = temp.resolve("made");
    spark
        .read()
        .parquet(folder.toString())
        .withColumn("label", col("label").cast("int"))
        .coalesce(1)
        .write()
        .parquet(made.toString());
    Files.copy(Path.of(URI.create(part(made))), folder.resolve("b.parquet"));
    assertThatThrownBy(() -> catalog.of(folder))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("its files disagree on the type of a column, BIGINT and INT; write");
  }

  @Test
  void aDeltaTableWhoseFoldersContradictItsLogIsRefused() throws IOException {
    Path table = temp.resolve("table");
    Path file = photosOf(table, "dog", 0);
    log(table, 0, PROTOCOL, metadata(BYTES, "'label'", ""), add(table, file, "'label':'cat'", ""));
    assertThatThrownBy(() -> catalog.of(table))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("has in column 'label' the value cat for the file ")
        .hasMessageContaining("as its log says, which its folder contradicts");
  }

  @Test
  void filesOfADeltaTableWithAnotherTypeAreNamed() throws IOException {
    Path table = temp.resolve("table");
    Path made = temp.resolve("made");
    photos(2).withColumn("label", lit(1)).coalesce(1).write().parquet(made.toString());
    Files.createDirectories(table);
    Path file = Files.copy(Path.of(URI.create(part(made))), table.resolve("b.parquet"));
    StructType schema =
        new StructType().add("photo", DataTypes.BinaryType).add("label", DataTypes.StringType);
    log(table, 0, PROTOCOL, metadata(schema, "", ""), add(table, file, "", ""));
    assertThatThrownBy(() -> catalog.of(table))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("b.parquet' cannot be read: the file and the table disagree on the")
        .hasMessageContaining("column: [label], physicalType: INT32, logicalType: string");
  }
}
