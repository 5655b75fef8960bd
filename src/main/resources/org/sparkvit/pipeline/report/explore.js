
// The slider of the thresholds. Each step is "threshold precision recall false-positive-rate flagged-share".
(() => {
  const box = document.getElementById('threshold');
  if (!box) {
    return;
  }
  const at = document.getElementById('threshold-at');
  const choice = document.getElementById('threshold-class');
  const ladders = [...box.querySelectorAll('.ladder')].map(ladder =>
    ladder.dataset.steps.split(';').filter(step => step).map(step => step.split(' ').map(Number)));
  const volume = document.getElementById('threshold-volume');
  const day = Number(volume.dataset.images);
  const prevalence = volume.dataset.prevalence;
  const text = (name, value) => document.getElementById('threshold-' + name).textContent = value;
  const mark = (title, x, y) => {
    const svg = document.getElementById(title)?.closest('svg');
    if (!svg) {
      return;
    }
    let here = svg.querySelector('.here');
    if (!here) {
      const group = document.createElementNS(svg.namespaceURI, 'g');
      here = document.createElementNS(svg.namespaceURI, 'circle');
      here.setAttribute('class', 'here');
      here.setAttribute('r', 6);
      group.append(here);
      svg.append(group);
    }
    here.parentNode.setAttribute('class', 'line c' + (choice ? choice.value : 0));
    here.setAttribute('cx', 46 + 300 * x);
    here.setAttribute('cy', 310 - 300 * y);
  };
  const show = () => {
    const [threshold, precision, recall, alarms, flagged] = ladders[choice ? choice.value : 0][at.value];
    text('value', threshold.toFixed(3));
    text('recall', recall.toFixed(3));
    text('alarms', alarms.toFixed(4));
    const share = prevalence ? prevalence * recall + (1 - prevalence) * alarms : flagged;
    // Where the class is rarer, more of what is flagged is flagged wrongly.
    text('precision', (prevalence && share > 0 ? prevalence * recall / share : precision).toFixed(3));
    volume.textContent = Math.round(day * share).toLocaleString('en');
    at.setAttribute('aria-valuetext', threshold.toFixed(3));
    mark('roc-title', alarms, recall);
    mark('pr-title', recall, precision);
  };
  const choose = () => {
    const steps = ladders[choice ? choice.value : 0];
    at.max = steps.length - 1;
    const half = steps.findIndex(step => step[0] >= 0.5);
    at.value = half < 0 ? steps.length - 1 : half;
    show();
  };
  at.addEventListener('input', show);
  choice?.addEventListener('change', choose);
  box.hidden = false;
  choose();
})();
