package org.sparkvit.tools.demo;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.OptionalDouble;

/**
 * Decides what every file of the sample data set is, before anything is drawn.
 *
 * <p>Shares of defects are per class. A wrong label among the rare class is as common as in real
 * collections, where people overlook what is rare; the reverse is kept rare, since a handful of
 * ordinary pictures called sensitive would already be a large part of that class and would cap any
 * measured recall.
 */
final class SamplePlan {
  private static final double EXACT = 0.01;
  private static final double NEAR = 0.02;
  private static final double CORRUPT = 0.012;
  private static final double SENSITIVE_FLIPPED = 0.02;
  private static final double ORDINARY_FLIPPED = 0.001;
  private static final double PNG = 0.12;

  private static final Defect[] CORRUPTIONS = {
    Defect.TRUNCATED, Defect.EMPTY, Defect.NOT_AN_IMAGE, Defect.BROKEN_DATA, Defect.WRONG_EXTENSION
  };
  private static final Defect[] NEAR_COPIES = {Defect.REENCODED, Defect.RESIZED, Defect.CROPPED};

  private SamplePlan() {}

  /** A file before it has its number. */
  private record Draft(Kind kind, Defect defect, Draft original) {}

  /** The files in order of their index. */
  static List<SampleFile> of(SampleRecipe recipe) {
    int images = recipe.images();
    OptionalDouble wrongLabels = recipe.wrongLabels();
    Chance chance = Chance.of(recipe.seed(), "plan", images);
    int sensitive = Math.max(1, (int) Math.round(images * recipe.sensitiveShare()));
    List<Draft> drafts = new ArrayList<>(images);
    drafts.addAll(drafts(sensitive, true, wrongLabels.orElse(SENSITIVE_FLIPPED), chance));
    drafts.addAll(drafts(images - sensitive, false, wrongLabels.orElse(ORDINARY_FLIPPED), chance));
    chance.shuffle(drafts);

    // Identity, not equality: two drafts of one kind are alike but are not one.
    IdentityHashMap<Draft, Integer> numbers = new IdentityHashMap<>();
    for (int i = 0; i < drafts.size(); i++) {
      numbers.put(drafts.get(i), i);
    }
    List<SampleFile> samples = new ArrayList<>(images);
    for (int i = 0; i < drafts.size(); i++) {
      Draft draft = drafts.get(i);
      int drawing = draft.original() == null ? i : numbers.get(draft.original());
      samples.add(sample(i, drawing, draft, recipe.seed()));
    }
    return samples;
  }

  private static List<Draft> drafts(
      int total, boolean sensitive, double wrongLabels, Chance chance) {
    int exact = (int) Math.round(total * EXACT);
    int near = (int) Math.round(total * NEAR);
    int corrupt = (int) Math.round(total * CORRUPT);
    int flipped = (int) Math.round(total * wrongLabels);
    List<Kind> kinds = kinds(total - exact - near, sensitive);
    chance.shuffle(kinds);
    List<Draft> drafts = new ArrayList<>(total);
    for (int i = 0; i < kinds.size(); i++) {
      Defect defect = null;
      if (i < corrupt) {
        defect = CORRUPTIONS[i % CORRUPTIONS.length];
      } else if (i < corrupt + flipped) {
        defect = Defect.FLIPPED_LABEL;
      }
      drafts.add(new Draft(kinds.get(i), defect, null));
    }
    // Copies are made of sound pictures, so that every file has one defect at most.
    for (int i = 0; i < exact + near; i++) {
      Draft original = drafts.get(corrupt + flipped + i);
      Defect defect = i < exact ? Defect.EXACT_COPY : NEAR_COPIES[i % NEAR_COPIES.length];
      drafts.add(new Draft(original.kind(), defect, original));
    }
    return drafts;
  }

  /** Kinds of one class in their shares, by largest remainder. */
  private static List<Kind> kinds(int total, boolean sensitive) {
    List<Kind> of = Arrays.stream(Kind.values()).filter(k -> k.sensitive() == sensitive).toList();
    int shares = of.stream().mapToInt(Kind::share).sum();
    List<Kind> kinds = new ArrayList<>(total);
    for (Kind kind : of) {
      for (int i = 0; i < total * kind.share() / shares; i++) {
        kinds.add(kind);
      }
    }
    List<Kind> byRemainder = new ArrayList<>(of);
    byRemainder.sort(Comparator.comparing((Kind k) -> -(total * k.share() % shares)));
    for (int i = 0; kinds.size() < total; i++) {
      kinds.add(byRemainder.get(i));
    }
    return kinds;
  }

  private static SampleFile sample(int index, int drawing, Draft draft, long seed) {
    // Choices follow the drawing, so that a copy tells the same of itself as its original.
    Chance chance = Chance.of(seed, "metadata", drawing);
    Capture source = draft.kind().source(chance);
    Region region = chance.pick(Region.values());
    String licence = chance.pick("CC0-1.0", "CC-BY-4.0", "CC-BY-SA-4.0", "proprietary");
    boolean originalPng = chance.flip(source == Capture.SCREENSHOT ? 0.5 : PNG);
    boolean png = draft.defect() == null ? originalPng : png(draft.defect(), originalPng);
    return new SampleFile(
        index, drawing, draft.kind(), source, region, licence, draft.defect(), png);
  }

  /** Some defects are those of one format. */
  private static boolean png(Defect defect, boolean original) {
    return switch (defect) {
      case BROKEN_DATA -> true;
      case TRUNCATED, WRONG_EXTENSION, REENCODED -> false;
      default -> original;
    };
  }
}
