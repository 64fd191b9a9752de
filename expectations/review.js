"use strict";
const COLUMNS = ["figure_id", "verdict", "field", "value", "who", "why"];
const quoted = (text) => '"' + text.replaceAll('"', '""') + '"';
const collect = () => {
  const who = document.getElementById("who").value.trim();
  const lines = [COLUMNS.join(",")];
  for (const row of document.querySelectorAll("fieldset[data-figure]")) {
    const verdict = row.querySelector("input[type=radio]:checked");
    if (!verdict) continue;
    const why = row.querySelector(".why").value.trim();
    const fields = [...row.querySelectorAll(".fix")].filter((fix) => fix.querySelector("select").value);
    const marks = verdict.value === "wrong" && fields.length
      ? fields.map((fix) => [fix.querySelector("select").value, fix.querySelector("input").value.trim()])
      : [["", ""]];
    for (const [field, value] of marks) {
      lines.push([row.dataset.figure, verdict.value, field, value, who, why].map(quoted).join(","));
    }
  }
  return lines;
};
const tell = () => {
  const marked = document.querySelectorAll("input[type=radio]:checked").length;
  document.getElementById("state").textContent = marked + " marked";
};
document.addEventListener("change", tell);
document.getElementById("save").addEventListener("click", () => {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([collect().join("\r\n") + "\r\n"], { type: "text/csv" }));
  link.download = document.body.dataset.name;
  link.click();
});
