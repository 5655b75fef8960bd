package org.sparkvit.catalog;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Row;
import org.apache.spark.util.SerializableConfiguration;
import org.sparkvit.core.UserException;
import org.sparkvit.table.ImageFiles;
import org.sparkvit.table.ImageName;
import org.sparkvit.table.Json;

/**
 * Lists the members of a tar shard in <a href="https://github.com/webdataset/webdataset">
 * WebDataset</a>'s layout: members that follow one another and have one name up to the first dot
 * are a sample, {@code key.jpg} with {@code key.cls}, {@code key.json} or {@code key.txt}.
 *
 * <p>The label is the text of {@code .cls}, else the label field of {@code .json}, else the text of
 * {@code .txt}, else the class folder within the tar, as in {@link FolderLayout}; a top folder with
 * the tar's own name is not a class where folders follow. The split is the shard's folder ({@code
 * train/0001.tar}) or the beginning of its name ({@code train-0001.tar}), else a folder within. The
 * other fields of {@code .json} are columns of text.
 *
 * @param labelField the field of the label; null for {@code label}, {@code class} or {@code cls}
 */
record ShardReader(
    SerializableConfiguration configuration,
    String root,
    boolean unlabelled,
    String labelField,
    boolean requireLabel)
    implements Serializable {
  private static final int RECORD = 512;
  private static final int MAX_SIDECAR = 1 << 20;

  /** The rows of one shard: a few hundred bytes for each of its images. */
  Iterator<Row> members(String shard) throws IOException {
    Path path = new Path(shard);
    FileSystem fs = path.getFileSystem(configuration.value());
    FileStatus status = fs.getFileStatus(path);
    Listed listed = new Listed(path, status.getModificationTime());
    try (FSDataInputStream in = fs.open(path);
        TarArchiveInputStream tar = new TarArchiveInputStream(in)) {
      long end = 0;
      for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
        end = (in.getPos() + entry.getSize() + RECORD - 1) / RECORD * RECORD;
        if (entry.isDirectory()) {
          continue;
        }
        long offset = in.getPos();
        if (offset + entry.getSize() > status.getLen()) {
          return problem(shard, "ends in the middle of '" + entry.getName() + "'");
        }
        listed.add(entry, offset, tar);
      }
      listed.endSample();
      // The library takes a shard that was cut off at or within a header for one that is complete.
      if (!hasEndMark(in, end, status.getLen())) {
        return problem(
            shard,
            "ends without the mark that ends a tar file, so some of it is missing; copy it anew");
      }
    } catch (IOException | IllegalArgumentException e) {
      if (e instanceof IOException && !isOfTheFormat(e)) {
        throw e; // of the network or disk: the task is tried again
      }
      return problem(shard, "is not a readable tar file: " + e.getMessage());
    } catch (UserException e) {
      return problem(shard, e.getMessage());
    }
    return listed.rows.iterator();
  }

  /** A tar file ends with a record of zeros, and mostly more than one. */
  private static boolean hasEndMark(FSDataInputStream in, long at, long length) throws IOException {
    byte[] record = new byte[RECORD];
    if (at + RECORD > length) {
      return false;
    }
    in.readFully(at, record);
    return Arrays.equals(record, new byte[RECORD]);
  }

  private static boolean isOfTheFormat(Exception e) {
    StackTraceElement[] trace = e.getStackTrace();
    return trace.length > 0
        && trace[0].getClassName().startsWith(TarArchiveInputStream.class.getPackageName());
  }

  private static Iterator<Row> problem(String shard, String what) {
    return List.of(Listing.problem(shard, "shard '" + shard + "' " + what)).iterator();
  }

  /** An image of the sample that is being read. */
  private record Member(String name, long offset, long bytes) {}

  /** What has been found in a shard so far. */
  private final class Listed {
    private final List<Row> rows = new ArrayList<>();
    private final Path shard;
    private final long modified;
    private final String shardSplit;
    private String key = "";
    private final List<Member> images = new ArrayList<>();
    private final Map<String, String> sidecars = new LinkedHashMap<>();

    private Listed(Path shard, long modified) {
      this.shard = shard;
      this.modified = modified;
      String within = ImageName.relative(new Path(root), shard);
      String folder = FolderLayout.place(within.isEmpty() ? shard.getName() : within).split();
      this.shardSplit =
          folder != null ? folder : FolderLayout.splitNamed(shard.getName().split("[-_.]", 2)[0]);
    }

    private void add(TarArchiveEntry entry, long offset, TarArchiveInputStream tar)
        throws IOException {
      String name =
          entry.getName().startsWith("./") ? entry.getName().substring(2) : entry.getName();
      int dot = name.indexOf('.', name.lastIndexOf('/') + 1);
      String stem = dot < 0 ? name : name.substring(0, dot);
      if (!stem.equals(key)) {
        endSample();
        key = stem;
      }
      String extension = dot < 0 ? "" : name.substring(dot + 1);
      if (!entry.isFile() || entry.isSymbolicLink() || entry.isLink()) {
        rows.add(skipped(name, SkipReason.SPECIAL_FILE));
      } else if (FolderLayout.isHidden(name)) {
        rows.add(skipped(name, SkipReason.HIDDEN));
      } else if (isSidecar(extension)) {
        if (entry.getSize() > MAX_SIDECAR) {
          throw new UserException("has '" + name + "' of more than 1 MiB; it should be metadata");
        }
        sidecars.put(extension, new String(tar.readAllBytes(), StandardCharsets.UTF_8));
      } else {
        images.add(new Member(name, offset, entry.getSize()));
      }
    }

    private void endSample() {
      if (images.isEmpty()) {
        // A README, or metadata of nothing.
        sidecars
            .keySet()
            .forEach(
                extension -> rows.add(skipped(key + "." + extension, SkipReason.WITHOUT_IMAGE)));
      } else {
        Map<String, String> fields = new LinkedHashMap<>();
        String label = label(fields);
        for (Member image : images) {
          rows.add(Listing.withFields(file(image, label), fields));
        }
      }
      images.clear();
      sidecars.clear();
    }

    private Row skipped(String member, SkipReason reason) {
      return Listing.skipped(name(member), path(member), reason, null);
    }

    private Row file(Member image, String label) {
      FolderLayout.Place place = FolderLayout.place(withoutOwnName(image.name));
      String folder = unlabelled ? null : place.label();
      return Listing.file(
          name(image.name),
          path(image.name),
          label == null ? folder : label,
          shardSplit == null ? place.split() : shardSplit,
          image.offset,
          image.bytes,
          modified);
    }

    private String name(String member) {
      return ImageFiles.memberPath(ImageName.of(new Path(root), shard), member);
    }

    private String path(String member) {
      return ImageFiles.memberPath(shard.toString(), member);
    }

    /** Archivers put a folder in as itself: {@code pets.tar} has {@code pets/cat/1.jpg}. */
    private String withoutOwnName(String member) {
      String top = shard.getName().replaceFirst("\\.tar$", "") + "/";
      return member.startsWith(top) && member.indexOf('/', top.length()) > 0
          ? member.substring(top.length())
          : member;
    }

    /** The sample's label, or null; puts the fields that are not the label into {@code fields}. */
    private String label(Map<String, String> fields) {
      String label = sidecars.get("cls");
      if (sidecars.containsKey("json")) {
        JsonNode json = Json.read("member '" + key + ".json'", sidecars.get("json"));
        json.fields().forEachRemaining(field -> fields.put(field.getKey(), text(field.getValue())));
        String field = labelFieldOf(fields);
        if (field != null && !unlabelled) {
          String value = fields.remove(field);
          label = label == null ? value == null ? "" : value : label;
        } else if (labelField != null && label == null) {
          throw new UserException(
              "has no field '" + labelField + "' in '" + key + ".json'; see --label-column");
        }
      }
      if (label == null) {
        label = sidecars.get("txt");
      }
      if (label == null || unlabelled) {
        return null;
      }
      if (label.isBlank() && requireLabel) {
        throw new UserException(
            "has an empty label for '"
                + key
                + "'; fill it in, or pass --empty-label unlabelled to score it only");
      }
      return label.isBlank() ? null : label.strip();
    }

    private String labelFieldOf(Map<String, String> fields) {
      List<String> names =
          labelField == null ? List.of("label", "class", "cls") : List.of(labelField);
      return names.stream().filter(fields::containsKey).findFirst().orElse(null);
    }
  }

  private static boolean isSidecar(String extension) {
    return extension.equals("cls") || extension.equals("txt") || extension.equals("json");
  }

  private static String text(JsonNode value) {
    return value.isNull() ? null : value.isValueNode() ? value.asText() : value.toString();
  }
}
