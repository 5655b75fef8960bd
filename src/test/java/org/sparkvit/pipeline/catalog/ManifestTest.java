package org.sparkvit.pipeline.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.sparkvit.pipeline.catalog.CatalogRun.image;
import static org.sparkvit.pipeline.catalog.CatalogRun.write;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.example.data.simple.SimpleGroup;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.example.ExampleParquetWriter;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.MessageTypeParser;
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
import org.sparkvit.dataset.schema.ImagesTable;

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
  void columnsMayHaveTheNamesThatRowsGoByOnTheWay() throws IOException {
    Path manifest =
        write(
            pets,
            "labels.csv",
            """
            path,label,_file,_LINE,_cells,_text,_again,_against,_before,_metadata,_name
            img/1.jpg,cat,a,b,c,d,e,f,g,h,i
            img/3.jpg,dog,a,b,c,d,e,f,g,h,i
            """);
    Dataset<Row> images = catalog.of(manifest);
    Row first = CatalogRun.byFile(images).get("1.jpg");
    assertThat(first.<String>getAs("meta__file")).isEqualTo("a");
    assertThat(first.<String>getAs("meta__LINE")).isEqualTo("b");
    assertThat(first.<String>getAs("meta__metadata")).isEqualTo("h");
    assertThat(first.<String>getAs("meta__name")).isEqualTo("i");
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
        "a.csv   | file,label;img/1.jpg,cat                | has no column path or file_name or"
            + " image; it has [file, label]",
        "a.csv   | path,kind;img/1.jpg,cat                 | has no column label or class; it has"
            + " [path, kind]",
        "a.csv   | path,label;img/1.jpg,cat;img/3.jpg      | a.csv' line 3 cannot be read",
        "a.csv   | path,label;img/1.jpg,cat,x;img/3.jpg,d  | a.csv' line 2 cannot be read",
        "a.jsonl | {'path':'img/1.jpg','label':'cat'};{'pa | a.jsonl' line 2 cannot be read: it is"
            + " not JSON: {'pa",
        "a.csv   | path,label;img/1.jpg,cat;img/3.jpg,     | the label of 'img/3.jpg' is empty",
        "a.jsonl | {'path':'img/1.jpg','label':' '}        | the label of 'img/1.jpg' is empty",
        "a.jsonl | {'path':'img/1.jpg','label':['a']}      | has type array, but an image has one"
            + " label",
        "a.jsonl | {'path':{'x':1},'label':'a'}            | has type struct, not text",
        "a.csv   | path,label;,cat;img/3.jpg,dog           | a path is empty",
        "a.csv   | path,label;img/1.jpg,cat;./img/1.jpg,a  | is listed twice",
        "a.csv   | path,label,split;img/1.jpg,cat,fold3    | the split of 'img/1.jpg' is 'fold3'",
        "a.csv   | path,label                              | has no images in it",
        "a.parquet | PAR                                   | a.parquet' is text, not Parquet:"
            + " 'PAR'",
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

  private static String label(Dataset<Row> images, String file) {
    return CatalogRun.byFile(images).get(file).getAs(ImagesTable.LABEL);
  }

  @Test
  void floatsOfPandasAreWholeNumbersInParquetAndCsvAlike() throws IOException {
    Path parquet = temp.resolve("pets/floats.parquet");
    spark
        .sql(
            "select 'img/1.jpg' as path, 1.0D as label union select 'img/3.jpg', 0.0D union select"
                + " 'img/gone.jpg', double('NaN')")
        .write()
        .parquet(parquet.toString());
    catalog.emptyLabel = CatalogConfig.EmptyLabel.UNLABELLED;
    catalog.overwrite = true;
    Dataset<Row> images = catalog.of(parquet);
    assertThat(label(images, "1.jpg")).isEqualTo("1");
    assertThat(label(images, "3.jpg")).isEqualTo("0");
    assertThat(label(images, "gone.jpg")).isNull();
    assertThat(catalog.said()).contains("all labels are whole numbers, so 1.0 is the class 1");
    Path csv = write(pets, "a.csv", "path,label\nimg/1.jpg,1.0\nimg/3.jpg,0.0\nimg/gone.jpg,\n");
    assertThat(label(catalog.of(csv), "1.jpg")).isEqualTo("1");
    Path mixed = write(pets, "b.csv", "path,label\nimg/1.jpg,1.0\nimg/3.jpg,1\n");
    assertThat(label(catalog.of(mixed), "1.jpg")).isEqualTo("1.0");
    assertThat(catalog.said())
        .contains("2 classes differ only in how a number or letter is written: '1' and '1.0'");
  }

  @Test
  void whatWasDecidedAboutATableIsSaid() throws IOException {
    byte[] text =
        ";Image_File_Name;Label\n0;img/1.jpg;caf\u00e9\n1;img/3.jpg;b\n"
            .getBytes(StandardCharsets.ISO_8859_1);
    catalog.encoding = "latin-1";
    Dataset<Row> images = catalog.of(write(pets, "a.csv", text));
    assertThat(label(images, "1.jpg")).isEqualTo("café");
    assertThat(images.columns()).endsWith("reason");
    assertThat(catalog.said())
        .contains("a.csv': cells are apart by ';'")
        .contains("a.csv': the first column has no name, as an index of pandas, and is left out")
        .contains("a.csv': paths are column 'Image_File_Name', labels 'Label'");
  }

  @Test
  void jsonLinesWithOddKeysAndMixedLabels() throws IOException {
    Path manifest =
        write(
            pets,
            "a.jsonl",
            String.join(
                "\r\n",
                "\uFEFF{\"path\":\"img/1.jpg\",\"label\":0,\"a`b\":1,\"c.d\":2,\"Size\":1,\"size\":2,\"\":3}",
                "{\"path\":\"img/3.jpg\",\"label\":\"zero\",\"x\":{\"y\":[1]}}",
                ""));
    Dataset<Row> images = catalog.of(manifest);
    Row first = CatalogRun.byFile(images).get("1.jpg");
    assertThat(first.<String>getAs(ImagesTable.LABEL)).isEqualTo("0");
    assertThat(first.<Long>getAs("a`b")).isEqualTo(1);
    assertThat(first.<Long>getAs("c.d")).isEqualTo(2);
    assertThat(first.<Long>getAs("meta_size")).isEqualTo(2);
    assertThat(images.columns()).doesNotContain("");
  }

  @Test
  void splitsOfAColumnAreTheirWordsAndNumbersAlone() throws IOException {
    Path numbered =
        write(pets, "a.csv", "path,label,split\nimg/1.jpg,a,train-00001\nimg/3.jpg,b,Test_0\n");
    Dataset<Row> images = catalog.of(numbered);
    assertThat(CatalogRun.byFile(images).get("1.jpg").<String>getAs(ImagesTable.GIVEN_SPLIT))
        .isEqualTo("train");
    assertThat(CatalogRun.byFile(images).get("3.jpg").<String>getAs(ImagesTable.GIVEN_SPLIT))
        .isEqualTo("test");
    Path thing = write(pets, "b.csv", "path,label,split\nimg/1.jpg,a,test-strip\n");
    assertThatThrownBy(() -> catalog.overwriting().of(thing))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("is 'test-strip', not train, validation or test");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "0                     | 0.5  | 0",
        "1.50                  | 2    | 1.50",
        "9007199254740993      | 0.25 | 9007199254740993",
        "1.0                   | 2    | 1",
        "0.12345678901234567   | ~a~  | 0.12345678901234567",
        "1e3                   | 2.0  | 1e3",
        "NaN                   | 0.5  | ",
      })
  void labelsOfJsonAreSpelledAsTheyAreWritten(String first, String second, String label)
      throws IOException {
    String line = "{\"path\":\"img/%d.jpg\",\"x\":{\"label\":7},\"label\":%s}\n";
    String lines = line.formatted(1, first) + line.formatted(3, second.replace('~', '"'));
    catalog.emptyLabel = CatalogConfig.EmptyLabel.UNLABELLED;
    assertThat(label(catalog.of(write(pets, "a.jsonl", lines)), "1.jpg")).isEqualTo(label);
  }

  @Test
  void aListAmongLabelsOfJsonIsAMistakeWithItsLine() throws IOException {
    String lines =
        "{\"path\":\"img/1.jpg\",\"label\":\"a\"}\n{\"path\":\"img/3.jpg\",\"label\":[1]}\n";
    Path manifest = write(pets, "a.jsonl", lines);
    assertThatThrownBy(() -> catalog.of(manifest))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("line 2: the label is a list, but an image has one label");
  }

  @Test
  void pathsThatLeadOutAreRefusedByRowAndNeverOpened() throws IOException {
    Path secret = write(temp, "secret.jpg", image("jpg", 9));
    Files.createSymbolicLink(pets.resolve("img/link.jpg"), secret);
    Path manifest =
        write(
            pets,
            "a.csv",
            """
            path,label
            img/1.jpg,a
            img/3.jpg,a
            img/link.jpg,a
            ../secret.jpg,a
            s3a://bucket/key.jpg?X-Amz-Signature=1234,a
            https://host/web.jpg?X-Amz-Signature=1234,a
            """);
    Map<String, Row> rows = CatalogRun.byFile(catalog.of(manifest));
    assertThat(rows)
        .containsOnlyKeys("1.jpg", "3.jpg", "link.jpg", "secret.jpg", "key.jpg", "web.jpg");
    for (String out : List.of("link.jpg", "secret.jpg", "key.jpg", "web.jpg")) {
      Row row = rows.get(out);
      assertThat(row.<String>getAs(ImagesTable.STATUS)).isEqualTo("REFUSED");
      assertThat(row.<Long>getAs(ImagesTable.BYTES)).isEqualTo(-1);
      assertThat(row.<String>getAs(ImagesTable.SHA256)).isNull();
      assertThat(row.<Object>getAs(ImagesTable.MODIFIED)).isNull();
    }
    assertThat(rows.get("secret.jpg").<String>getAs(ImagesTable.REASON))
        .contains("leads out of")
        .contains("--within");
    assertThat(rows.get("web.jpg").<String>getAs(ImagesTable.REASON))
        .startsWith("is a web address");
    assertThat(catalog.said()).doesNotContain("1234");
    catalog.overwrite = true;
    catalog.within = List.of(temp.toString());
    rows = CatalogRun.byFile(catalog.of(manifest));
    assertThat(rows.get("link.jpg").<String>getAs(ImagesTable.STATUS)).isEqualTo("OK");
    assertThat(rows.get("secret.jpg").<String>getAs(ImagesTable.STATUS)).isEqualTo("OK");
    assertThat(rows.get("key.jpg").<String>getAs(ImagesTable.STATUS)).isEqualTo("REFUSED");
  }

  @Test
  void placesOfMembersAreChecked() throws IOException {
    String row = "{'path':'img/1.jpg','label':'a','tar_offset':%s,'tar_bytes':%s}\n";
    for (String wrong :
        List.of("-1,5", "512,-5", "0,5", "9000000000000000000,9000000000000000000")) {
      Object[] numbers = wrong.split(",");
      Path manifest = write(pets, "a.jsonl", row.formatted(numbers).replace('\'', '"'));
      assertThatThrownBy(() -> catalog.of(manifest))
          .isInstanceOf(UserException.class)
          .hasMessageContaining("a.jsonl' line 1: 'img/1.jpg' has tar_offset " + numbers[0])
          .hasMessageContaining("which is no place in a file");
    }
    Path beyond =
        write(
            pets,
            "a.jsonl",
            (row.formatted("512", "9000000000000000000")
                    + "{'path':'img/3.jpg','label':'a','tar_offset':null,'tar_bytes':null}\n")
                .replace('\'', '"'));
    Row refused = CatalogRun.byFile(catalog.of(beyond)).get("1.jpg");
    assertThat(refused.<String>getAs(ImagesTable.STATUS)).isEqualTo("REFUSED");
    assertThat(refused.<String>getAs(ImagesTable.REASON))
        .contains("is said to be 9000000000000000000 bytes from byte 512 of a file that has");
  }

  @Test
  void metadataInEachClassFolderAppliesToItsFolder() throws IOException {
    Path data = temp.resolve("nested");
    for (String folder : List.of("a", "train")) {
      write(data, folder + "/0.jpg", image("jpg", folder.length()));
      write(data, folder + "/1.jpg", image("jpg", 10 + folder.length()));
      write(
          data,
          folder + "/metadata.jsonl",
          "{\"file_name\":\"0.jpg\",\"label\":\"real\",\"camera\":1}\n");
    }
    Dataset<Row> images = catalog.of(data);
    assertThat(
            images
                .orderBy(ImagesTable.PATH)
                .select(ImagesTable.ID, ImagesTable.LABEL, ImagesTable.GIVEN_SPLIT, "camera")
                .collectAsList())
        .hasToString(
            "[[%s,real,null,1], [%s,real,null,1]]"
                .formatted(StableHash.id("nested/a/0.jpg"), StableHash.id("nested/train/0.jpg")));
    assertThat(catalog.skippedPaths("NOT_LISTED")).containsExactly("a/1.jpg", "train/1.jpg");
    assertThat(catalog.said()).contains("2 not listed by the metadata beside them");
  }

  @Test
  void rowsThatRepeatAnotherAreOneRowAndSaid() throws IOException {
    Path manifest =
        write(pets, "a.csv", "path,label\nimg/1.jpg,a\nimg/3.jpg,b\n./img/1.jpg,a\nimg/1.jpg,a\n");
    assertThat(catalog.of(manifest).count()).isEqualTo(2);
    assertThat(catalog.said()).contains("2 rows of manifests that repeat another");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "path,label;img/1.jpg,a;img/3.jpg,b;img/1.jpg,b | img/1.jpg' is listed twice, as 'a' in"
            + " line 2 and as 'b' in line 4",
        "path,label,split;img/1.jpg,a,train;img/1.jpg,a,test | is listed twice, as 'train' in line"
            + " 2 and as 'test' in line 3",
        "image_file_name,mask_file_name,label;img/1.jpg,x,a | 2 columns of file names,"
            + " [image_file_name, mask_file_name]; say which is the image with --path-column",
        "img/1.jpg,a;img/3.jpg,b | a.csv' has no header: its first line is 'img/1.jpg,a'",
      })
  void contradictionsAreMistakes(String lines, String message) throws IOException {
    Path manifest = write(pets, "a.csv", lines.replace(';', '\n') + "\n");
    assertThatThrownBy(() -> catalog.of(manifest))
        .isInstanceOf(UserException.class)
        .hasMessageContaining(message);
  }

  private static void parquet(Path file, String columns, String names, Object... cells)
      throws IOException {
    MessageType type = MessageTypeParser.parseMessageType("message m { " + columns + " }");
    try (ParquetWriter<Group> writer =
        ExampleParquetWriter.builder(new org.apache.hadoop.fs.Path(file.toUri()))
            .withType(type)
            .withExtraMetaData(
                Map.of(
                    "huggingface",
                    "{\"info\":{\"features\":{\"label\":{\"names\":"
                        + names
                        + ",\"_type\":\"ClassLabel\"}}}}"))
            .build()) {
      for (int i = 0; i < cells.length; i += 2) {
        Group row = new SimpleGroup(type);
        row.add(0, cells[i].toString());
        row.add(1, (Long) cells[i + 1]);
        writer.write(row);
      }
    }
  }

  @Test
  void classNamesOfTheFooterAndSplitsOfFileNames() throws IOException {
    String columns = "required binary file_name (STRING); required int64 label;";
    Path data = temp.resolve("hub");
    write(data, "README.md", "about");
    Files.createDirectories(data.resolve("data"));
    Files.createDirectories(temp.resolve("img"));
    String one = pets.resolve("img/1.jpg").toString();
    String three = pets.resolve("img/3.jpg").toString();
    parquet(
        data.resolve("data/train-00000-of-00001.parquet"), columns, "[\"cat\",\"dog\"]", one, 1L);
    parquet(
        data.resolve("data/test-00000-of-00001.parquet"), columns, "[\"dog\",\"cat\"]", three, 1L);
    catalog.within = List.of(temp.toString());
    Map<String, Row> rows = CatalogRun.byFile(catalog.of(data));
    assertThat(rows.get("1.jpg").<String>getAs(ImagesTable.LABEL)).isEqualTo("dog");
    assertThat(rows.get("1.jpg").<String>getAs(ImagesTable.GIVEN_SPLIT)).isEqualTo("train");
    assertThat(rows.get("3.jpg").<String>getAs(ImagesTable.LABEL)).isEqualTo("cat");
    assertThat(rows.get("3.jpg").<String>getAs(ImagesTable.GIVEN_SPLIT)).isEqualTo("test");

    Path wrong = pets.resolve("wrong.parquet");
    parquet(wrong, columns, "[\"cat\",\"dog\"]", "img/1.jpg", 2L);
    assertThatThrownBy(() -> catalog.overwriting().of(wrong))
        .hasMessageContaining("label 2 is none of the 2 classes");
  }

  @Test
  void namesOfParquetFilesThatGiveNoSplitToAllGiveItToNoneAndItIsSaid() throws IOException {
    String columns = "required binary file_name (STRING); required int64 label;";
    Path data = temp.resolve("some");
    Files.createDirectories(data);
    int number = 0;
    for (String name : List.of("extra", "test-0", "train-0")) {
      String image = pets.resolve("img/" + ++number + ".jpg").toString();
      parquet(data.resolve(name + ".parquet"), columns, "[\"cat\"]", image, 0L);
    }
    catalog.within = List.of(temp.toString());
    assertThat(catalog.of(data).where("given_split is not null").count()).isZero();
    assertThat(catalog.said())
        .contains("'extra.parquet' says none and 'test-0.parquet' does; rename it");
  }

  @Test
  void typesOfParquetThatSparkDoesNotReadAreNamedWithTheRemedy() throws IOException {
    Path file = temp.resolve("times.parquet");
    parquet(
        file,
        "required binary file_name (STRING); required int64 taken (TIMESTAMP(NANOS,false));",
        "[]",
        "img/1.jpg",
        1L);
    assertThatThrownBy(() -> catalog.of(file))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("a column of type INT64 (TIMESTAMP(NANOS,false))")
        .hasMessageContaining("coerce_timestamps='us'");
  }

  @Test
  void aParquetThatIsDamagedFurtherOnIsToldInOneLine() throws IOException {
    Path file = temp.resolve("damaged.parquet");
    parquet(
        file,
        "required binary file_name (STRING); required int64 label;",
        "[\"cat\"]",
        "img/1.jpg",
        0L);
    byte[] bytes = Files.readAllBytes(file);
    Arrays.fill(bytes, 4, 24, (byte) 0xFF);
    Files.write(file, bytes);
    Files.delete(temp.resolve(".damaged.parquet.crc"));
    assertThatThrownBy(() -> catalog.of(file))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("damaged.parquet' cannot be read: ");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "a.csv|<html><body>Sign in|an HTML page, not a table: was the download refused?",
        "a.jsonl|<?xml?><Error><Code>AccessDenied</Code>|an XML error, AccessDenied, not a table",
        "a.tsv|version https://git-lfs.github.com/spec/v1|a Git LFS pointer: run 'git lfs pull'",
        "a.csv.gz|<html><body>Sign in|an HTML page, not a table",
        "a.parquet|<html><body>Sign in|an HTML page, not Parquet: was the download refused?",
        "a.parquet|version https://git-lfs.github.com/spec/v1|a Git LFS pointer: run",
        "a.csv|'PK\u0003\u0004\u0014'|a zip archive; unpack it first; where it is a workbook of"
            + " Excel",
        "a.csv|'\u001f\u008b\b'|packed by gzip; unpack it first",
      })
  void whatIsCalledATableAndIsNoneIsNamed(String name, String content, String words)
      throws IOException {
    Path manifest = write(pets, name, content.getBytes(StandardCharsets.ISO_8859_1));
    assertThatThrownBy(() -> catalog.of(manifest))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("manifest 'file:" + manifest + "' is " + words)
        .hasMessageNotContaining("\n");
  }

  @Test
  void pathsOfWindowsAreMissingWithTheReason() throws IOException {
    Path file = write(pets, "windows.csv", "path,label\nimg\\1.jpg,a\n");
    catalog.maxErrorRate = 1;
    assertThat(catalog.of(file).head().<String>getAs(ImagesTable.REASON))
        .isEqualTo(
            "the file does not exist; its name has \\ in it, as paths of Windows have: write /"
                + " instead");
  }

  @Test
  void metadataFurtherDownThanItIsLookedForIsNotPassedOver() throws IOException {
    Path deep = temp.resolve("deep");
    for (String split : List.of("train", "test")) {
      write(deep, "data/" + split + "/img/1.jpg", CatalogRun.image("jpg", 1));
      write(deep, "data/" + split + "/metadata.csv", "file_name,label\nimg/1.jpg,a\n");
    }
    assertThatThrownBy(() -> catalog.of(deep))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("data/test/metadata.csv'; give the folder that it is in");
    assertThat(catalog.of(deep.resolve("data")).where("label = 'a'").count()).isEqualTo(2);
    catalog.format = InputFormat.FOLDER;
    assertThat(catalog.overwriting().of(deep).where("label = 'img'").count()).isEqualTo(2);
  }

  @Test
  void metadataBelowAFolderWithMetadataIsNotPassedOver() throws IOException {
    Path data = temp.resolve("nested");
    write(data, "train/1.jpg", image("jpg", 1));
    write(data, "train/metadata.csv", "file_name,label\n1.jpg,a\n");
    write(data, "train/img/2.jpg", image("jpg", 2));
    Path inner = write(data, "train/img/metadata.csv", "file_name,label\n2.jpg,b\n");
    String words =
        "'file:"
            + inner
            + "' is metadata in a folder that 'file:"
            + data.resolve("train/metadata.csv")
            + "' is about";
    assertThatThrownBy(() -> catalog.of(data))
        .isInstanceOf(UserException.class)
        .hasMessageContaining(words)
        .hasMessageContaining("put their lines into one file, or name the files one by one");
    catalog.format = InputFormat.MANIFEST;
    assertThat(catalog.of(data).count()).isEqualTo(1);
    assertThat(catalog.said()).contains(words + ": it is not read");
    assertThat(catalog.skippedPaths("NOT_LISTED")).containsExactly("img/2.jpg");
    catalog.format = InputFormat.AUTO;
    Dataset<Row> both = catalog.overwriting().of(data.resolve("train/metadata.csv"), inner);
    assertThat(both.orderBy(ImagesTable.LABEL).select(ImagesTable.LABEL).collectAsList())
        .hasToString("[[a], [b]]");
  }

  @Test
  void tablesBesideImagesAreSaidAndFoldersOfTablesAskForOne() throws IOException {
    write(pets, "train.csv", "path,label\nimg/1.jpg,a\n");
    catalog.of(pets);
    assertThat(catalog.said()).contains("the tables beside the images are not read, [train.csv]");
    Path tables = write(temp, "tables/train.csv", "path,label\n").getParent();
    assertThatThrownBy(() -> catalog.overwriting().of(tables))
        .hasMessageContaining("has tables in it and no images, [train.csv]; name the one to read");
  }
}
