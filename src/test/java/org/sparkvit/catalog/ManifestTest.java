package org.sparkvit.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.sparkvit.catalog.CatalogRun.image;
import static org.sparkvit.catalog.CatalogRun.write;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataTypes;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.sparkvit.SparkTest;
import org.sparkvit.core.StableHash;
import org.sparkvit.core.UserException;
import org.sparkvit.table.ImagesTable;

class ManifestTest extends SparkTest {
  @TempDir private Path temp;
  private Path pets;
  private CatalogRun catalog;

  @BeforeEach
  void start() throws IOException {
    pets = temp.resolve("pets");
    catalog = new CatalogRun(spark, temp.resolve("workspace"));
    write(pets, "img/1.jpg", image("jpg", 1));
    write(pets, "img/2, the second.jpg", image("jpg", 2));
    write(pets, "img/3.jpg", image("jpg", 3));
  }

  @Test
  void csvWithQuotesLineBreaksAndFurtherColumns() throws IOException {
    Path manifest =
        write(
            pets,
            "labels.csv",
            "\uFEFFpath,label,split,region,Width,note\r\n"
                + "img/1.jpg,cat,train,north,99,\"said \"\"meow\"\"\r\ntwice\"\r\n"
                + "\"img/2, the second.jpg\", dog ,VAL,,,\r\n"
                + pets.resolve("img/3.jpg")
                + ",cat,,south,,x\r\n"
                + "img/gone.jpg,dog,test,south,,x\r\n");
    Dataset<Row> images = catalog.of(manifest);
    assertThat(images.columns()).endsWith("reason", "region", "meta_Width", "note");
    Map<String, Row> rows = CatalogRun.byFile(images);
    assertThat(rows).hasSize(4);

    Row first = rows.get("1.jpg");
    assertThat(first.<String>getAs(ImagesTable.ID)).isEqualTo(StableHash.id("pets/img/1.jpg"));
    assertThat(first.<String>getAs(ImagesTable.LABEL)).isEqualTo("cat");
    assertThat(first.<String>getAs(ImagesTable.GIVEN_SPLIT)).isEqualTo("train");
    assertThat(first.<String>getAs(ImagesTable.STATUS)).isEqualTo("OK");
    assertThat(first.<Long>getAs(ImagesTable.BYTES)).isEqualTo(image("jpg", 1).length);
    assertThat(first.<Object>getAs(ImagesTable.MODIFIED)).isNotNull();
    assertThat(first.<String>getAs("region")).isEqualTo("north");
    assertThat(first.<String>getAs("meta_Width")).isEqualTo("99");
    assertThat(first.<Integer>getAs("width")).isEqualTo(24);
    assertThat(first.<String>getAs("note")).isEqualTo("said \"meow\"\ntwice");

    Row second = rows.get("2, the second.jpg");
    assertThat(second.<String>getAs(ImagesTable.LABEL)).isEqualTo("dog");
    assertThat(second.<String>getAs(ImagesTable.GIVEN_SPLIT)).isEqualTo("validation");
    assertThat(second.<String>getAs("region")).isNull();
    assertThat(rows.get("3.jpg").<String>getAs(ImagesTable.ID))
        .isEqualTo(StableHash.id("pets/img/3.jpg"));

    Row gone = rows.get("gone.jpg");
    assertThat(gone.<String>getAs(ImagesTable.STATUS)).isEqualTo("MISSING");
    assertThat(gone.<Long>getAs(ImagesTable.BYTES)).isEqualTo(-1);
    assertThat(gone.<String>getAs(ImagesTable.SHA256)).isNull();
    assertThat(gone.<String>getAs("region")).isEqualTo("south");
  }

  @Test
  void huggingFaceImageFolder() throws IOException {
    write(
        pets,
        "metadata.jsonl",
        """
        {"file_name": "img/1.jpg", "label": 0, "score": 0.5, "tags": ["a", "b"]}

        {"file_name": "img/3.jpg", "label": 1}
        """);
    Map<String, Row> rows = CatalogRun.byFile(catalog.of(pets));
    assertThat(rows).containsOnlyKeys("1.jpg", "3.jpg");
    Row first = rows.get("1.jpg");
    assertThat(first.<String>getAs(ImagesTable.LABEL)).isEqualTo("0");
    assertThat(first.<Double>getAs("score")).isEqualTo(0.5);
    assertThat(first.getList(first.fieldIndex("tags"))).hasToString("[a, b]");
    // The same image found by its folder has the same id.
    catalog.overwrite = true;
    catalog.format = InputFormat.FOLDER;
    assertThat(CatalogRun.byFile(catalog.of(pets)).get("1.jpg").<String>getAs(ImagesTable.ID))
        .isEqualTo(first.getAs(ImagesTable.ID));
  }

  @Test
  void huggingFaceImageFolderWithSplits() throws IOException {
    Path data = temp.resolve("data");
    write(data, "train/1.jpg", image("jpg", 1));
    write(data, "train/metadata.csv", "file_name,label\n1.jpg,cat\n");
    write(data, "validation/1.jpg", image("jpg", 2));
    write(data, "validation/metadata.csv", "file_name,label,extra\n1.jpg,dog,x\n");
    Dataset<Row> images = catalog.of(data);
    assertThat(
            images
                .orderBy(ImagesTable.PATH)
                .select(ImagesTable.ID, ImagesTable.LABEL, ImagesTable.GIVEN_SPLIT, "extra")
                .collectAsList())
        .hasToString(
            "[[%s,cat,train,null], [%s,dog,validation,x]]"
                .formatted(
                    StableHash.id("data/train/1.jpg"), StableHash.id("data/validation/1.jpg")));
  }

  @Test
  void parquetFolderWithNamedColumnsAndImageRoot() {
    Path manifest = temp.resolve("elsewhere/table.parquet");
    spark
        .sql("select '1.jpg' as f, 'cat' as kind, 7L as year union select '3.jpg', 'dog', 8L")
        .write()
        .parquet(manifest.toString());
    catalog.pathColumn = "f";
    catalog.labelColumn = "kind";
    catalog.imageRoot = pets.resolve("img").toString();
    Dataset<Row> images = catalog.of(manifest);
    assertThat(images.schema().apply("year").dataType()).isEqualTo(DataTypes.LongType);
    Row first = CatalogRun.byFile(images).get("1.jpg");
    assertThat(first.<String>getAs(ImagesTable.LABEL)).isEqualTo("cat");
    assertThat(first.<String>getAs(ImagesTable.ID)).isEqualTo(StableHash.id("img/1.jpg"));
    assertThat(first.<String>getAs(ImagesTable.STATUS)).isEqualTo("OK");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "a.csv   | file,label;img/1.jpg,cat                | has no column path or file_name or image; it has [file, label]",
        "a.csv   | path,kind;img/1.jpg,cat                 | has no column label or class; it has [path, kind]",
        "a.csv   | path,label;img/1.jpg,cat;img/3.jpg      | a.csv' line 3 cannot be read",
        "a.csv   | path,label;img/1.jpg,cat,x;img/3.jpg,d  | a.csv' line 2 cannot be read",
        "a.jsonl | {'path':'img/1.jpg','label':'cat'};{'pa | a.jsonl' line 2 cannot be read: it is not JSON: {'pa",
        "a.csv   | path,label;img/1.jpg,cat;img/3.jpg,     | the label of 'img/3.jpg' is empty",
        "a.jsonl | {'path':'img/1.jpg','label':' '}        | the label of 'img/1.jpg' is empty",
        "a.jsonl | {'path':'img/1.jpg','label':['a']}      | has type array, but an image has one label",
        "a.jsonl | {'path':{'x':1},'label':'a'}            | has type struct, not text",
        "a.csv   | path,label;,cat;img/3.jpg,dog           | a path is empty",
        "a.csv   | path,label;img/1.jpg,cat;./img/1.jpg,a  | is listed twice",
        "a.csv   | path,label,split;img/1.jpg,cat,fold3    | the split of 'img/1.jpg' is 'fold3'",
        "a.csv   | path,label                              | has no images in it",
        "a.parquet | PAR                                   | a.parquet' cannot be read",
      })
  void mistakesAreFoundBeforeAnImageIsRead(String name, String lines, String message)
      throws IOException {
    Path manifest = write(pets, name, lines.replace(';', '\n').replace('\'', '"') + "\n");
    assertThatThrownBy(() -> catalog.of(manifest))
        .isInstanceOf(UserException.class)
        .message()
        .satisfies(said -> assertThat(said.replace('"', '\'')).contains(message));
    assertThat(catalog.said()).doesNotContain("reading");
  }

  @Test
  void emptyLabelsMayMeanUnlabelled() throws IOException {
    Path manifest = write(pets, "a.csv", "path,label\nimg/1.jpg,cat\nimg/3.jpg,\n");
    catalog.emptyLabel = CatalogConfig.EmptyLabel.UNLABELLED;
    Map<String, Row> rows = CatalogRun.byFile(catalog.of(manifest));
    assertThat(rows.get("1.jpg").<String>getAs(ImagesTable.LABEL)).isEqualTo("cat");
    assertThat(rows.get("3.jpg").<String>getAs(ImagesTable.LABEL)).isNull();
  }

  @Test
  void unlabelledManifestsNeedNoLabel() throws IOException {
    Path manifest = write(pets, "a.csv", "path\nimg/1.jpg\nimg/3.jpg\n");
    catalog.unlabelled = true;
    assertThat(catalog.of(manifest).count()).isEqualTo(2);
  }

  @Test
  void columnsOfOneNameHaveOneType() throws IOException {
    Path one = write(pets, "a.jsonl", "{\"path\":\"img/1.jpg\",\"label\":\"a\",\"x\":1}\n");
    Path two = write(pets, "b.jsonl", "{\"path\":\"img/3.jpg\",\"label\":\"a\",\"x\":\"y\"}\n");
    assertThatThrownBy(() -> catalog.of(one, two))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("column 'x' is bigint in one manifest and string in another");
  }
}
