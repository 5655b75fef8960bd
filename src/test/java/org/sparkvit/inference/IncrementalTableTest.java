package org.sparkvit.inference;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sparkvit.SparkTest;
import org.sparkvit.core.Deadline;
import org.sparkvit.core.Progress;
import org.sparkvit.core.RunRecord;
import org.sparkvit.core.UserException;
import org.sparkvit.dataset.query.IdRanges;
import org.sparkvit.dataset.schema.CropHashesTable;
import org.sparkvit.dataset.schema.ImageRows;
import org.sparkvit.dataset.schema.ImagesTable;
import org.sparkvit.dataset.workspace.Workspace;

class IncrementalTableTest extends SparkTest {
  private static final int IMAGES = 60;

  @TempDir private Path folder;

  private Workspace workspace;
  private Dataset<Row> images;
  private final List<String> said = new ArrayList<>();

  @BeforeEach
  void open() {
    workspace = Workspace.at(spark, folder.resolve("w").toString());
    images = new ImageRows().add("image", IMAGES, "cat").dataset(spark);
  }

  private static RunRecord run() {
    return RunRecord.start("audit", Map.of());
  }

  private IncrementalTable table(Dataset<Row> wanted) {
    return new IncrementalTable(workspace, CropHashesTable.SPEC, wanted, rows -> rows);
  }

  /** A row for each image, with the hash that the catalog has. */
  private static Optional<Dataset<Row>> rows(IncrementalTable.Chunk chunk) {
    return Optional.of(rows(chunk.spread(), "then"));
  }

  private static Dataset<Row> rows(Dataset<Row> images, String background) {
    Column hashes = col(ImagesTable.ID).cast("binary").as(CropHashesTable.HASHES);
    return images.select(
        col(ImagesTable.ID),
        col(ImagesTable.SHA256),
        hashes,
        lit(background).as(CropHashesTable.BACKGROUND));
  }

  private List<String> done() {
    return workspace.has(CropHashesTable.SPEC)
        ? workspace.read(CropHashesTable.SPEC).orderBy(CropHashesTable.ID).collectAsList().stream()
            .map(row -> row.getString(0) + " " + row.getString(1))
            .toList()
        : List.of();
  }

  private static List<String> expected(Dataset<Row> images) {
    return images.orderBy(ImagesTable.ID).collectAsList().stream()
        .map(row -> row.<String>getAs(ImagesTable.ID) + " " + row.<String>getAs(ImagesTable.SHA256))
        .toList();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3, 7})
  void everyImageGetsItsRowInChunks(int partitions) {
    IncrementalTable.Outcome outcome =
        table(images.repartition(partitions))
            .inChunksOf(20)
            .inPartitions(partitions)
            .fill("hashed", IncrementalTableTest::rows, run(), said::add);
    assertThat(outcome).isEqualTo(new IncrementalTable.Outcome(IMAGES, 0));
    assertThat(done()).isEqualTo(expected(images));
    assertThat(said.get(0))
        .isEqualTo("audit: 60 images are to be hashed; what there is of the others stays");
    assertThat(said.subList(1, said.size()))
        .hasSizeBetween(3, 4)
        .allMatch(line -> line.matches("audit: \\d+ of 60 images hashed, [\\d.,]+ images/s.*"));
    assertThat(said.get(1)).matches(".*, about .* to go");
    assertThat(said).last().asString().startsWith("audit: 60 of 60").endsWith("images/s");
  }

  @Test
  void aKilledRunLosesOnlyTheChunkItWasInAndARerunDoesTheRest() {
    Progress killer =
        line -> {
          if (line.contains("to go")) {
            throw new IllegalStateException("killed");
          }
        };
    IncrementalTable table = table(images).inChunksOf(15);
    assertThatThrownBy(() -> table.fill("hashed", IncrementalTableTest::rows, run(), killer))
        .hasMessage("killed");
    int first = done().size();
    // A chunk at the end of the order of ids may have fewer.
    assertThat(first).isBetween(1, 20);
    IncrementalTable.Outcome rest =
        table(images).fill("hashed", IncrementalTableTest::rows, run(), said::add);
    assertThat(rest.rows()).isEqualTo(IMAGES - first);
    assertThat(done()).isEqualTo(expected(images));
  }

  @Test
  void onlyWhatIsNewOrHasChangedIsMadeAgain() {
    Dataset<Row> unreadable =
        images.withColumn(
            ImagesTable.SHA256, org.apache.spark.sql.functions.lit(null).cast("string"));
    table(unreadable).fill("hashed", IncrementalTableTest::rows, run(), said::add);
    assertThat(table(unreadable).cut(run()).images()).isZero();
    // What nobody could read has a content now.
    assertThat(table(images).cut(run()).images()).isEqualTo(IMAGES);
    table(images).fill("hashed", IncrementalTableTest::rows, run(), said::add);
    assertThat(done()).isEqualTo(expected(images));
    assertThat(table(images).cut(run()).images()).isZero();
    Dataset<Row> more = new ImageRows().add("image", IMAGES + 5, "cat").dataset(spark);
    assertThat(table(more).cut(run()).images()).isEqualTo(5);
    // A row that was made under another condition does not count.
    assertThat(
            table(images)
                .doneWhere(col(CropHashesTable.BACKGROUND).equalTo("now"))
                .cut(run())
                .images())
        .isEqualTo(IMAGES);
  }

  /** Notes what happens in which order, and refuses a chunk. */
  private final class Noted implements IncrementalTable.Work {
    final List<String> events = new ArrayList<>();
    int refused = -1;
    int empty = -1;
    private int chunks;

    @Override
    public Optional<Dataset<Row>> rows(IncrementalTable.Chunk chunk) {
      events.add("rows " + done().isEmpty());
      return ++chunks == empty ? Optional.empty() : IncrementalTableTest.rows(chunk);
    }

    @Override
    public void check(Dataset<Row> written) {
      events.add("check");
      if (chunks == refused) {
        throw new UserException("too many failed");
      }
    }

    @Override
    public void beforeFirst() {
      events.add("before first " + done().isEmpty());
    }

    @Override
    public void failed(IncrementalTable.Chunk chunk) {
      events.add("failed " + chunk.part().substring(chunk.part().length() - 5));
    }
  }

  @Test
  void theFirstChunkIsAnnouncedOnceItIsCheckedAndBeforeItIsSeen() {
    Noted work = new Noted();
    work.empty = 1;
    table(images).inChunksOf(30).fill("hashed", work, run(), said::add);
    assertThat(work.events.subList(0, 4))
        .containsExactly("rows true", "rows true", "check", "before first true");
    assertThat(work.events.stream().filter(event -> event.startsWith("before"))).hasSize(1);
    assertThat(done()).hasSizeBetween(IMAGES - 33, IMAGES - 1);
  }

  @Test
  void aChunkThatIsRefusedIsNeverSeenAndThoseBeforeStay() {
    Noted work = new Noted();
    work.refused = 2;
    IncrementalTable table = table(images).inChunksOf(20);
    assertThatThrownBy(() -> table.fill("hashed", work, run(), said::add))
        .isInstanceOf(UserException.class)
        .hasMessage("too many failed");
    assertThat(work.events).endsWith("check", "failed 00002");
    assertThat(done()).hasSizeBetween(1, 25);
    Noted first = new Noted();
    first.refused = 1;
    workspace = Workspace.at(spark, folder.resolve("other").toString());
    assertThatThrownBy(() -> table(images).fill("hashed", first, run(), said::add))
        .hasMessage("too many failed");
    assertThat(first.events).containsExactly("rows true", "check", "failed 00001");
    assertThat(workspace.has(CropHashesTable.SPEC)).isFalse();
  }

  @Test
  void itStopsAtTheEndOfAChunkWhenTheTimeIsOver() {
    AtomicReference<Instant> now = new AtomicReference<>(Instant.EPOCH);
    Deadline deadline = Deadline.in(Duration.ofMinutes(5), now::get);
    // Each chunk takes three minutes.
    IncrementalTable.Work slow =
        chunk -> {
          now.set(now.get().plus(Duration.ofMinutes(3)));
          return rows(chunk);
        };
    IncrementalTable.Outcome outcome =
        table(images).inChunksOf(10).until(deadline).fill("hashed", slow, run(), said::add);
    // Two, of which one may be at the end of the order of ids, and short.
    assertThat(outcome.rows()).isBetween(11L, 24L);
    assertThat(outcome.left()).isEqualTo(IMAGES - outcome.rows());
    assertThat(done()).hasSize((int) outcome.rows());
    assertThat(said)
        .last()
        .isEqualTo(
            "audit: the time is over; " + outcome.left() + " images are left for the next run");
    assertThat(table(images).until(deadline).fill("hashed", slow, run(), said::add))
        .isEqualTo(new IncrementalTable.Outcome(0, outcome.left()));
    assertThat(table(images).fill("hashed", slow, run(), said::add).left()).isZero();
    assertThat(done()).isEqualTo(expected(images));
  }

  @Test
  void chunksGrowWithTheTimeThatTheyTakeButNotBeyondTheDeadline() {
    said.clear();
    table(images).firstChunkOf(10).fill("hashed", IncrementalTableTest::rows, run(), said::add);
    // The first takes far less than ten minutes, so the second is all the rest, or up to the end of
    // the order of ids.
    assertThat(said).hasSizeBetween(3, 4);
    workspace = Workspace.at(spark, folder.resolve("other").toString());
    said.clear();
    // A clock that stands still: there is a millisecond left, again and again.
    Deadline deadline = Deadline.in(Duration.ofMillis(1), () -> Instant.EPOCH);
    table(images)
        .firstChunkOf(10)
        .until(deadline)
        .fill("hashed", IncrementalTableTest::rows, run(), said::add);
    assertThat(said).hasSizeBetween(6, 9);
    assertThat(done()).hasSize(IMAGES);
  }

  @Test
  void runsAtTheSameTimeBeginInDifferentPlacesAndLeaveOutWhatIsDone() {
    TreeSet<String> starts = new TreeSet<>();
    for (int i = 0; i < 5; i++) {
      starts.add(table(images).cut(run()).next(5).from());
    }
    assertThat(starts).hasSizeGreaterThan(2);
    RunRecord slow = run();
    IncrementalTable table = table(images).inChunksOf(10);
    IdRanges ranges = table.cut(slow);
    table(images.orderBy(ImagesTable.ID).limit(30))
        .fill("hashed", IncrementalTableTest::rows, run(), said::add);
    IncrementalTable.Outcome outcome =
        table.fill(ranges, "hashed", IncrementalTableTest::rows, slow, said::add);
    assertThat(outcome).isEqualTo(new IncrementalTable.Outcome(IMAGES - 30, 0));
    assertThat(done()).isEqualTo(expected(images));
  }

  @Test
  void manySmallFilesAreMerged() {
    for (int i = 0; i < 13; i++) {
      Dataset<Row> some = images.orderBy(ImagesTable.ID).limit(4 * (i + 1));
      table(some).inPartitions(2).fill("hashed", IncrementalTableTest::rows, run(), said::add);
    }
    assertThat(workspace.read(CropHashesTable.SPEC).inputFiles().length).isLessThan(24);
    assertThat(done()).hasSize(52);
  }
}
